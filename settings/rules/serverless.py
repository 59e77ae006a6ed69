"""Rules about [aurora.serverless]."""

from collections.abc import Iterator

from facts.parameters import LOGICAL_REPLICATION
from facts.serverless import ACU_STEP, SERVERLESS
from settings.environment import Environment
from settings.notation import toml
from settings.rules.rule import Finding, Rule


def serverless_instances_have_a_range(environment: Environment) -> Iterator[Finding]:
    """RDS makes no serverless instance in a cluster of which no capacity is said.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.requirements.html
    """
    aurora = environment.aurora
    if aurora.is_serverless and aurora.serverless is None:
        yield Finding(
            setting="aurora.serverless",
            given=f"nothing given, and an instance is {toml(SERVERLESS)}",
            allowed="the capacities between which instances scale",
            mend="add [aurora.serverless] with min_acu, max_acu",
        )


def a_range_is_of_serverless_instances(environment: Environment) -> Iterator[Finding]:
    """A file does not describe what is not there: other instances have the size of their class."""
    aurora = environment.aurora
    if aurora.serverless is not None and not aurora.is_serverless:
        yield Finding(
            setting="aurora.serverless",
            given=f"given, and no instance is {toml(SERVERLESS)}",
            allowed=f"capacities of {SERVERLESS} alone",
            mend=f"remove [aurora.serverless], or set instance_class = {toml(SERVERLESS)}",
        )


def a_range_goes_up(environment: Environment) -> Iterator[Finding]:
    """The upper capacity is at least the lower one.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html
    """
    capacity = environment.aurora.serverless
    if capacity is not None and capacity.max_acu < capacity.min_acu:
        yield Finding(
            setting="aurora.serverless.max_acu",
            given=f"{capacity.max_acu:g} given with min_acu = {capacity.min_acu:g}",
            allowed="min_acu or more",
            mend=f"set max_acu = {capacity.min_acu:g}, or lower min_acu",
        )


def nothing_pauses_with_logical_replication(environment: Environment) -> Iterator[Finding]:
    """No instance pauses in a cluster with logical replication: 0 would promise what never comes.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html
    """
    capacity = environment.aurora.serverless
    replication = environment.aurora.parameters.get(LOGICAL_REPLICATION)
    if capacity is None or capacity.min_acu or (replication and replication.value == "0"):
        return
    mend = f"set min_acu = {ACU_STEP}"
    if not environment.has_migration:
        mend += f", or {LOGICAL_REPLICATION} = 0 in [aurora.parameters]"
    yield Finding(
        setting="aurora.serverless.min_acu",
        given=f"0 given, and {LOGICAL_REPLICATION} = 1 lets no instance pause",
        allowed=f"{ACU_STEP} or more with logical replication, which a migration needs",
        mend=mend,
    )


_RANGE = (
    "aurora.serverless",
    "aurora.instance_class",
    "aurora.reader_count",
    "aurora.readers",
)

RULES = (
    Rule(serverless_instances_have_a_range, _RANGE),
    Rule(a_range_is_of_serverless_instances, _RANGE),
    Rule(a_range_goes_up, ("aurora.serverless",)),
    Rule(
        nothing_pauses_with_logical_replication,
        ("aurora.serverless", "aurora.parameters", "source", "dms"),
    ),
)
