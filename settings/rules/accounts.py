"""Rules about environments that share an account: names and what the account's stack is made of."""

import difflib
from collections.abc import Iterator
from functools import partial

from facts.alarms import ALARMS
from facts.placement import REGIONS, partition_of
from settings.environment import Environment
from settings.notation import either, toml
from settings.rules.rule import Finding, PairRule, Rule


def regions_are_open(environment: Environment) -> Iterator[Finding]:
    """A region is one that AWS has opened: Terraform would look for any other until it gives up.

    Source: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
    """
    aws, route = environment.aws, environment.network.route_to_source
    regions = {
        "aws.region": aws.region,
        "aws.state_region": aws.state_region,
        "network.route_to_source.peering.region": route.peering.region
        if route and route.peering
        else None,
    }
    for setting, region in regions.items():
        if region and region not in REGIONS and not aws.newer_region:
            start = region.partition("-")[0]
            alike = [it for it in partition_of(region).regions if it.startswith(f"{start}-")]
            nearest = max(alike, key=partial(_likeness, region))
            yield Finding(
                setting=setting,
                given=f"{toml(region)} given, which was none of AWS's regions in November 2026",
                allowed=either(alike),
                mend=f"set {setting.rpartition('.')[2]} = {toml(nearest)}, or newer_region = true in "
                "[aws] where AWS has opened it since",
            )


def _likeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, other, one).ratio()


def states_differ(one: Environment, other: Environment) -> Iterator[Finding]:
    """Each environment has a state of its own; names that differ in case alone are one."""
    if (one.state_bucket, one.state_key) == (other.state_bucket, other.state_key):
        yield Finding(
            setting="",
            given=f"the state key {other.state_key} is taken already in {other.state_bucket}",
            allowed="one file for each environment",
            mend="rename one of the files",
        )


def account_is_agreed_on(one: Environment, other: Environment) -> Iterator[Finding]:
    """The account's stack and bucket are made of settings on which its environments agree.

    So every name of an account begins alike, and no two prefixes are the same.
    """
    if not _same_account(one, other):
        return
    agreed = {
        "aws.state_region": (one.aws.home_region, other.aws.home_region),
        "aws.provider_version": (one.aws.provider_version, other.aws.provider_version),
        "aws.state_key_prefix": (one.aws.state_key_prefix, other.aws.state_key_prefix),
        "aws.role_path": (one.aws.role_path, other.aws.role_path),
        "tags.project": (one.tags.project, other.tags.project),
        "tags.repository": (one.tags.repository, other.tags.repository),
    }
    for setting, (wanted, given) in agreed.items():
        if wanted != given:
            yield Finding(
                setting=setting,
                given=f"{toml(given)} given, but {toml(wanted)} elsewhere in account "
                f"{other.aws.account_id}",
                allowed="one value for all environments of an account",
                mend=f"set {setting.rpartition('.')[2]} = {toml(wanted)}, or change the others",
            )


def boundary_is_agreed_on(one: Environment, other: Environment) -> Iterator[Finding]:
    """The roles of the account's stack carry the boundary too."""
    yield from _one_or_none(one, other, "permissions_boundary_arn", "boundary")


def bucket_is_agreed_on(one: Environment, other: Environment) -> Iterator[Finding]:
    """The state of the account's stack is in the same bucket."""
    yield from _one_or_none(one, other, "state_bucket", "bucket")


def _one_or_none(
    one: Environment, other: Environment, setting: str, what: str
) -> Iterator[Finding]:
    wanted, given = getattr(one.aws, setting), getattr(other.aws, setting)
    if _same_account(one, other) and wanted != given:
        yield Finding(
            setting=f"aws.{setting}",
            given=f"{toml(given) if given else 'none'} given, but "
            f"{toml(wanted) if wanted else 'none'} elsewhere in account {other.aws.account_id}",
            allowed=f"one {what} for all environments of an account, or none",
            mend="give all of them the same",
        )


def assumed_role_is_agreed_on(one: Environment, other: Environment) -> Iterator[Finding]:
    """The account's stack is deployed by it too."""
    if _same_account(one, other) and one.aws.assume_role != other.aws.assume_role:
        yield Finding(
            setting="aws.assume_role",
            given="another role, id or session name given than elsewhere in account "
            f"{other.aws.account_id}"
            if other.aws.assume_role
            else f"none given, but one elsewhere in account {other.aws.account_id}",
            allowed="one role for all environments of an account, or none",
            mend="give all of them the same [aws.assume_role]",
        )


def assumed_role_is_the_accounts(environment: Environment) -> Iterator[Finding]:
    """Provider and backend refuse the credentials of another account."""
    aws = environment.aws
    if aws.assume_role is None:
        return
    _, partition, _, _, account_id, _ = aws.assume_role.role_arn.split(":")
    if (partition, account_id) != (partition_of(aws.region).name, aws.account_id):
        yield Finding(
            setting="aws.assume_role.role_arn",
            given=f"a role of account {account_id} ({partition}) given with aws.account_id = "
            f"{toml(aws.account_id)}, aws.region = {toml(aws.region)}",
            allowed="a role of the environment's account",
            mend="give the role there that whoever signs in may take",
        )


def boundary_is_the_accounts(environment: Environment) -> Iterator[Finding]:
    """IAM takes a boundary of the role's own account alone."""
    aws = environment.aws
    arn = aws.permissions_boundary_arn
    if arn and arn.split(":")[4] != aws.account_id:
        yield Finding(
            setting="aws.permissions_boundary_arn",
            given=f"a policy of account {arn.split(':')[4]} given with aws.account_id = "
            f"{toml(aws.account_id)}",
            allowed="a policy of the same account",
            mend="make the policy there, and give its ARN",
        )


def key_is_in_the_region(environment: Environment) -> Iterator[Finding]:
    """RDS, DMS, Secrets Manager, CloudWatch Logs and SNS take keys of their own region alone.

    Source: https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html
    """
    aws = environment.aws
    if aws.kms_key_arn is None:
        return
    _, partition, _, region, *_ = aws.kms_key_arn.split(":")
    if (partition, region) != (partition_of(aws.region).name, aws.region):
        yield Finding(
            setting="aws.kms_key_arn",
            given=f"a key of {region} in {partition} given with aws.region = {toml(aws.region)}",
            allowed=f"a key of {aws.region}",
            mend="give a key of that region, or the replica there of a multi-Region key",
        )


def tasks_differ(one: Environment, other: Environment) -> Iterator[Finding]:
    """In one account and region no two tasks have the same identifier."""
    if not _same_account(one, other) or one.prefix == other.prefix:
        return
    taken = {f"{one.prefix}-{name}" for name in one.task_names}
    for made, index in other.task_names.items():
        if f"{other.prefix}-{made}" in taken:
            name = other.tasks[index].name
            yield Finding(
                setting=f"dms.tasks[{index}].name",
                given=f"{toml(name)} given, which makes {other.prefix}-{made}, as a task of "
                f"{one.name} does",
                allowed="another identifier for each task",
                mend="rename one of the tasks",
            )


def alarms_differ(one: Environment, other: Environment) -> Iterator[Finding]:
    """In one account and region no two alarms have one name: CloudWatch would overwrite the first."""
    elsewhere = not _same_account(one, other) or one.aws.region != other.aws.region
    if elsewhere or one.prefix == other.prefix:
        return
    taken = _alarms(one)
    told = set()
    for alarm, index in _alarms(other).items():
        if alarm in taken and index not in told:
            told.add(index)
            yield Finding(
                setting="" if index is None else f"dms.tasks[{index}].name",
                given=f"names given that make the alarm {alarm}, as those of {one.name} do",
                allowed="other names for the alarms of each environment",
                mend="rename the file" if index is None else "rename one of the tasks",
            )


def _alarms(environment: Environment) -> dict[str, int | None]:
    """The names of an environment's alarms, each with the place of the task whose it is."""
    names = environment.names
    found: dict[str, int | None] = {}
    for alarm in ALARMS:
        if alarm.is_of_a_task:
            for task_name, index in environment.task_names.items():
                found[names.alarm(alarm.name, task_name)] = index
        else:
            found[names.alarm(alarm.name)] = None
    return found


def _same_account(one: Environment, other: Environment) -> bool:
    return one.aws.account_id == other.aws.account_id


_PLACE = ("name", "aws.account_id", "tags.project")

RULES = (
    Rule(
        regions_are_open,
        (
            "aws.region",
            "aws.state_region",
            "aws.newer_region",
            "network.route_to_source.peering.region",
        ),
    ),
    Rule(boundary_is_the_accounts, ("aws.permissions_boundary_arn", "aws.account_id")),
    Rule(
        assumed_role_is_the_accounts,
        ("aws.assume_role", "aws.account_id", "aws.region"),
    ),
    Rule(key_is_in_the_region, ("aws.kms_key_arn", "aws.region")),
)
PAIR_RULES = (
    PairRule(
        states_differ,
        (*_PLACE, "aws.region", "aws.state_region", "aws.state_bucket", "aws.state_key_prefix"),
    ),
    PairRule(
        account_is_agreed_on,
        (
            *(*_PLACE, "aws.region", "aws.state_region", "aws.provider_version"),
            *("aws.role_path", "aws.state_key_prefix", "tags.repository"),
        ),
    ),
    PairRule(boundary_is_agreed_on, (*_PLACE, "aws.permissions_boundary_arn")),
    PairRule(bucket_is_agreed_on, (*_PLACE, "aws.state_bucket")),
    PairRule(assumed_role_is_agreed_on, (*_PLACE, "aws.assume_role")),
    PairRule(tasks_differ, (*_PLACE, "dms.tasks.*.name", "dms.rollback")),
    PairRule(alarms_differ, (*_PLACE, "aws.region", "dms.tasks.*.name", "dms.rollback")),
)
