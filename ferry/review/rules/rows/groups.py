"""Aurora's subnet group and parameter groups."""

# A table: a row is easier to read than a tree of arguments.
# fmt: off

from __future__ import annotations

from typing import Final

from facts.aurora import ENGINE
from ferry.review.plan.plan import Action
from ferry.review.rules.combined.group_subnets import loses_subnets
from ferry.review.rules.combined.parameter_groups import groups_go, is_unused, may_be_in_use
from ferry.review.rules.combined.parameters import parameters_change
from ferry.review.rules.combined.subnets import out_of_reach
from ferry.review.rules.conditions import (
    all_of,
    always,
    is_boolean,
    looked_up,
    matches,
    refers_to,
)
from ferry.review.rules.dangers import Danger
from ferry.review.rules.row import (
    CREATED,
    DESTROYED,
    MADE,
    Harmless,
    Judged,
    Replaces,
    Reported,
    Row,
    Rule,
)
from ferry.review.rules.timing import Timing

_REACH: Final = (
    "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/"
    "USER_VPC.WorkingWithRDSInstanceinaVPC.html"
)
_SUBNETS: Final = "aws_db_subnet_group"
_CLUSTER_GROUP: Final = "aws_rds_cluster_parameter_group"
_INSTANCE_GROUP: Final = "aws_db_parameter_group"

ROWS: Final[tuple[Row, ...]] = (
    Harmless(_SUBNETS, (CREATED,), "Nothing uses it yet.", when=always),
    Harmless(_SUBNETS, (DESTROYED,), "Nothing of the plan stands in it.", when=is_unused),
    Rule(_SUBNETS, DESTROYED, may_be_in_use, Danger.REFUSED,
         "RDS does not delete a subnet group that a cluster uses.", timing=Timing.NOW,
         remedy="Look whether the cluster is replaced too.", source=_REACH),
    Replaces(_SUBNETS, ("name", "name_prefix")),
    Harmless(_SUBNETS, ("name", "name_prefix"), "The name of a group that nothing uses yet.",
             when=always, on=MADE),
    Rule(_SUBNETS, "subnet_ids", loses_subnets, Danger.REFUSED,
         "RDS refuses to take away a subnet in which an instance stands.", source=_REACH),
    Harmless(_SUBNETS, ("subnet_ids",), "Nothing stands in it yet; who reaches what will is judged.",
             when=looked_up("aws_subnet"), on=frozenset({Action.CREATE})),
    Harmless(_SUBNETS, ("subnet_ids",), "Instances stay where they are; new ones have more room.",
             when=all_of(refers_to("aws_subnet"), out_of_reach)),
    Harmless(_SUBNETS, ("description",), "A description.", when=always),
    Reported(_SUBNETS, ("arn", "vpc_id", "supported_network_types")),
    *(
        row
        for group in (_CLUSTER_GROUP, _INSTANCE_GROUP)
        for row in (
            Harmless(group, (CREATED,), "Nothing uses it yet.", when=always),
            Judged(group, (DESTROYED,), by=groups_go),
            Replaces(group, ("description", "family", "name", "name_prefix")),
            Harmless(group, ("description", "name", "name_prefix"),
                     "The name of a group that nothing uses yet.", when=always, on=MADE),
            Harmless(group, ("family",), "What of PostgreSQL it is for; RDS refuses a group of "
                     "another.", when=matches(f"{ENGINE}[0-9]{{2}}"), on=MADE),
            Judged(group, ("parameter",), by=parameters_change),
            Reported(group, ("arn",)),
        )
    ),
    Harmless(_INSTANCE_GROUP, ("skip_destroy",), "It says whether RDS keeps the group some day.",
             when=is_boolean),
)
