"""The name of the snapshot that RDS takes before it deletes a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs import Construct

from constructs_lib.terraform_data import terraform_data

if TYPE_CHECKING:
    from collections.abc import Mapping

    from facts.names import Names


class FinalSnapshotName(Construct):
    """The name's beginning and eight digits that are drawn once for each cluster.

    A fixed name is taken from the second time on, and the deletion fails: the snapshot stays when
    the cluster goes. The digits stay the same from plan to plan; with one of ``keepers``, which make
    Terraform replace the cluster, they change.

    Args:
        scope: The cluster.
        id_: The construct's id.
        names: The environment's names.
        keepers: Arguments of the cluster that cannot be changed in place.
    """

    value: str

    def __init__(
        self, scope: Construct, id_: str, *, names: Names, keepers: Mapping[str, str]
    ) -> None:
        super().__init__(scope, id_)
        drawn = terraform_data(self, "digits", arguments={"triggers_replace": dict(keepers)})
        self.value = f"{names.final_snapshot_prefix}${{substr({drawn.fqn}.id, 0, 8)}}"
