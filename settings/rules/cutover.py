"""Rules about [cutover]."""

from collections.abc import Iterator

from settings.environment import Environment
from settings.notation import toml
from settings.rules.rule import Finding, Rule


def migrations_alone_are_cut_over(environment: Environment) -> Iterator[Finding]:
    """Aurora alone has nothing to change from."""
    if environment.cutover is not None and not environment.has_migration:
        yield Finding(
            setting="cutover",
            given="[cutover] given without [source] and [dms]",
            allowed="[cutover] of a migration",
            mend="remove all that is in [cutover]: the migration is over, or not begun",
        )


def application_secrets_are_theirs(environment: Environment) -> Iterator[Finding]:
    """They are the applications', each once, in the account and region in which they are moved on."""
    cutover, source, region = environment.cutover, environment.source, environment.aws.region
    account = environment.aws.account_id
    arns = cutover.application_secret_arns if cutover else ()
    for index, arn in enumerate(arns):
        setting = f"cutover.application_secret_arns[{index}]"
        if arn in arns[:index]:
            yield Finding(
                setting=setting,
                given=f"{toml(arn)} given again",
                allowed="each secret once",
                mend="remove one of the two",
            )
        if arn.split(":")[3] != region:
            yield Finding(
                setting=setting,
                given=f"an ARN of {arn.split(':')[3]} given with aws.region = {toml(region)}",
                allowed=f"an ARN of {region}",
                mend="give the secret that the applications read in that region",
            )
        if arn.split(":")[4] != account:
            yield Finding(
                setting=setting,
                given=f"an ARN of account {arn.split(':')[4]} given with aws.account_id = "
                f"{toml(account)}",
                allowed=f"an ARN of {account}",
                mend="change another account's secrets by a hook, cutover.hooks.switch",
            )
        if source and arn == source.secret_arn:
            yield Finding(
                setting=setting,
                given="the source's own secret given, source.secret_arn",
                allowed="secrets of the applications",
                mend="remove it: DMS would follow the applications to Aurora",
            )


def source_keeps_its_name(environment: Environment) -> Iterator[Finding]:
    """DMS finds the source by its name, also when the applications have left it."""
    dns, source = environment.cutover and environment.cutover.dns, environment.source
    if dns and source and dns.name.rstrip(".").lower() == source.host.rstrip(".").lower():
        yield Finding(
            setting="cutover.dns.name",
            given=f"{toml(dns.name)} given, which is source.host",
            allowed="another name than the source's",
            mend="give DMS the source's own name or address in source.host",
        )


RULES = (
    Rule(migrations_alone_are_cut_over, ()),
    Rule(
        application_secrets_are_theirs,
        ("cutover.application_secret_arns", "source.secret_arn", "aws.region", "aws.account_id"),
    ),
    Rule(source_keeps_its_name, ("cutover.dns", "source.host")),
)
