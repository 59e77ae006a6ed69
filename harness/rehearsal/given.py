"""A user's own environment, as it is rehearsed on one machine; what is otherwise than in the file is said."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomlkit

from facts.placement import partition_of
from ferry.errors import InputError
from harness.rehearsal.project import CERTIFICATE, Own
from settings.reading.loading import load_environments

if TYPE_CHECKING:
    from settings.environment import Environment

ENVIRONMENTS = Path(__file__).resolve().parents[2] / "environments"


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """An environment of the user's.

    Attributes:
        environment: What its file says.
        document: What the file says that is deployed here; the source's port is still to be set.
        otherwise: What of it is otherwise, a line each.
    """

    environment: Environment
    document: tomlkit.TOMLDocument
    otherwise: tuple[str, ...]

    def own(self, *, port: int) -> Own:
        """It as it is deployed here, where the source listens on a port."""
        self.document["source"]["port"] = port
        environment, text = self.environment, tomlkit.dumps(self.document)
        return Own(name=environment.name, account_id=environment.aws.account_id, text=text)


def given(name: str, folder: Path = ENVIRONMENTS) -> Given:
    """Read a user's environment.

    Args:
        name: Its name.
        folder: Where the files are.

    Raises:
        EnvironmentsError: There is none of this name, or its file has mistakes.
        InputError: It carries nothing, or several databases.
    """
    (environment,) = load_environments(folder, selected=name)
    if not environment.has_migration:
        raise InputError(f"{name}.toml carries nothing: it has no [source] and no [dms].")
    if len(environment.carried) > 1:
        raise InputError(
            f"{name}.toml carries {len(environment.carried)} databases, and SCHEMA is the dump of one: "
            "rehearse with a copy of the file that has one of them in [[databases]]."
        )
    document = tomlkit.parse((folder / f"{name}.toml").read_text(encoding="utf-8"))
    return Given(
        environment=environment, document=document, otherwise=tuple(_adapt(document, environment))
    )


def _adapt(document: Any, environment: Environment) -> list[str]:  # noqa: ANN401 - tomlkit's
    """Put into a file what there is on this machine; what was otherwise, a line each."""
    source, dms = document["source"], document["dms"]
    said = [f"source: {source['host']} is a PostgreSQL server of this machine, with verify-full"]
    source["ssl_mode"], source["ca_certificate_file"] = "verify-full", CERTIFICATE
    for key in ("secret_arn", "secret_kms_key_arn", "slot_name", "plugin_name", "extra_attributes"):
        if key in source:
            said.append(f"source.{key}: left out")
            del source[key]
    if environment.migration.source.capture_ddls:
        said.append("source.capture_ddls: false; changes of tables are not carried here")
        source["capture_ddls"] = False
    if not environment.migration.dms.rollback:
        said.append("dms.rollback is false: there is no way back to rehearse")
    cutover = document.setdefault("cutover", tomlkit.table())
    for key in ("application_secret_arns", "dns", "hooks"):
        if key in cutover:
            said.append(f"cutover.{key}: a secret and a hook of the rehearsal's in its place")
            del cutover[key]
    aws = environment.aws
    cutover["application_secret_arns"] = [
        f"arn:{partition_of(aws.region).name}:secretsmanager:{aws.region}:{aws.account_id}:secret:shop/application-AbCdEf"
    ]
    cutover["max_lag_seconds"] = 60
    cutover["hooks"] = {"switch": ["sh", "-c", "echo the applications are led: $FERRY_DIRECTION"]}
    for each in dms["tasks"]:
        if "cdc_start_position" in each:
            said.append(f"dms.tasks {each['name']}.cdc_start_position: left out")
            del each["cdc_start_position"]
    if environment.network.existing_vpc or environment.network.route_to_source:
        said.append("network: your VPC and your way to the source are made up in local AWS")
    return said
