"""Rules about [alarms]."""

from collections.abc import Iterator

from settings.environment import Environment
from settings.notation import toml
from settings.rules.rule import Finding, Rule


def storage_threshold_can_be_met(environment: Environment) -> Iterator[Finding]:
    """An alarm below more storage than there is never rests."""
    if environment.dms is None:
        return
    threshold, whole = (
        environment.alarms.dms_free_storage_gib,
        environment.dms.allocated_storage_gib,
    )
    if threshold >= whole:
        yield Finding(
            setting="alarms.dms_free_storage_gib",
            given=f"{threshold} given with dms.allocated_storage_gib = {whole}",
            allowed=f"less than {whole} GiB",
            mend=f"set dms_free_storage_gib = {max(1, whole // 5)}, or enlarge the storage",
        )


def addresses_differ(environment: Environment) -> Iterator[Finding]:
    """An address subscribes once; SNS makes one subscription of two."""
    addresses = [email.lower() for email in environment.alarms.emails]
    for repeated in sorted({address for address in addresses if addresses.count(address) > 1}):
        yield Finding(
            setting="alarms.emails",
            given=f"{toml(repeated)} given {addresses.count(repeated)} times",
            allowed="each address once",
            mend="remove it where it is repeated",
        )


RULES = (
    Rule(
        storage_threshold_can_be_met, ("alarms.dms_free_storage_gib", "dms.allocated_storage_gib")
    ),
    Rule(addresses_differ, ("alarms.emails",)),
)
