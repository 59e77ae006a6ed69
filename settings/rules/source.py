"""Rules about [source]."""

import ipaddress
from collections.abc import Iterator

from facts.dms import VERIFYING
from settings.environment import Environment
from settings.notation import toml
from settings.rules.rule import Finding, PairRule, Rule


def source_and_dms_belong_together(environment: Environment) -> Iterator[Finding]:
    """A migration has both, and Aurora alone has neither."""
    allowed = "[source] and [dms], or neither of them for Aurora alone"
    if environment.source is None and environment.dms is not None:
        yield Finding(
            setting="source",
            given="nothing given beside [dms]",
            allowed=allowed,
            mend="add [source] with host, database, cidr, or remove all that is in [dms]",
        )
    if environment.source is not None and environment.dms is None:
        yield Finding(
            setting="dms",
            given="nothing given beside [source]",
            allowed=allowed,
            mend="add [[dms.tasks]] with name, tables, or remove all that is in [source]",
        )


def verification_has_a_certificate(environment: Environment) -> Iterator[Finding]:
    """A mode that verifies needs the authority's certificate."""
    source = environment.source
    if source and source.ssl_mode in VERIFYING and not source.ca_certificate_file:
        yield Finding(
            setting="source.ca_certificate_file",
            given=f"nothing given with ssl_mode = {toml(source.ssl_mode)}",
            allowed="a PEM file with the certificate authority that signed the source's certificate",
            mend='add ca_certificate_file = "certificates/source-ca.pem", or set ssl_mode = '
            '"require" to encrypt without verifying',
        )


def certificate_is_used(environment: Environment) -> Iterator[Finding]:
    """A certificate that nothing is verified with would only comfort."""
    source = environment.source
    if source and source.ca_certificate_file and source.ssl_mode not in VERIFYING:
        yield Finding(
            setting="source.ssl_mode",
            given=f"{toml(source.ssl_mode)} given beside ca_certificate_file, which it does not use",
            allowed="verify-ca or verify-full with a certificate",
            mend='set ssl_mode = "verify-full", or remove ca_certificate_file',
        )


def address_is_in_the_network(environment: Environment) -> Iterator[Finding]:
    """DMS may open connections to the source's network alone."""
    source = environment.source
    if source is None:
        return
    try:
        address = ipaddress.IPv4Address(source.host)
    except ValueError:
        return  # A name; only DNS knows its address.
    if not any(address in ipaddress.IPv4Network(cidr) for cidr in source.cidrs):
        further = " and further_cidrs" if source.further_cidrs else ""
        yield Finding(
            setting="source.host",
            given=f"{toml(source.host)} given, outside source.cidr = {toml(source.cidr)}{further}",
            allowed=f"an address inside source.cidr{further and ' or further_cidrs'}",
            mend="correct host, or set cidr to the network that holds it",
        )


def networks_differ(environment: Environment) -> Iterator[Finding]:
    """Each network of the source has a rule of its own, and AWS takes none twice."""
    source = environment.source
    if source is None:
        return
    for index, cidr in enumerate(source.further_cidrs):
        earlier = [cidr_ for cidr_ in source.cidrs[: index + 1] if _overlap(cidr, cidr_)]
        if earlier:
            yield Finding(
                setting=f"source.further_cidrs[{index}]",
                given=f"{toml(cidr)} given beside {toml(earlier[0])}, which overlap",
                allowed="networks that do not overlap",
                mend="remove one of the two",
            )


def _overlap(one: str, other: str) -> bool:
    return ipaddress.IPv4Network(one).overlaps(ipaddress.IPv4Network(other))


def key_has_its_secret(environment: Environment) -> Iterator[Finding]:
    """The key is that of the user's own secret."""
    source = environment.source
    if source and source.secret_kms_key_arn and not source.secret_arn:
        yield Finding(
            setting="source.secret_kms_key_arn",
            given="a key given without secret_arn",
            allowed="the key of a secret of your own",
            mend="add secret_arn, or remove secret_kms_key_arn",
        )


def secret_is_in_the_region(environment: Environment) -> Iterator[Finding]:
    """DMS reads secrets of its own region, with keys of that region."""
    source, region = environment.source, environment.aws.region
    for setting in ("secret_arn", "secret_kms_key_arn"):
        arn: str | None = getattr(source, setting, None)
        if arn and arn.split(":")[3] != region:
            yield Finding(
                setting=f"source.{setting}",
                given=f"an ARN of {arn.split(':')[3]} given with aws.region = {toml(region)}",
                allowed=f"an ARN of {region}",
                mend=f"replicate it to {region}, and give the replica's ARN",
            )


def slot_serves_one_task(environment: Environment) -> Iterator[Finding]:
    """A replication slot has one reader (PostgreSQL, chapter 47.2.2)."""
    source = environment.source
    readers = [task.name for task in environment.tasks if task.migration_type != "full-load"]
    if source and source.slot_name and len(readers) > 1:
        yield Finding(
            setting="source.slot_name",
            given=f"{toml(source.slot_name)} given for the tasks {', '.join(readers)}",
            allowed="a slot for one task that reads changes",
            mend="remove slot_name, so that DMS makes a slot for each task",
        )


def slot_serves_one_environment(one: Environment, other: Environment) -> Iterator[Finding]:
    """The same holds for two environments that read the same server, of any of its databases.

    A slot's name is unique across a server's databases (PostgreSQL, chapter 47.2.2).
    """
    if one.source is None or other.source is None:
        return
    slots = [
        (source.host.lower(), source.port, source.slot_name)
        for source in (one.source, other.source)
    ]
    if other.source.slot_name and slots[0] == slots[1]:
        yield Finding(
            setting="source.slot_name",
            given=f"{toml(other.source.slot_name)} given, which {one.name} has too at the same "
            "server",
            allowed="a slot for one environment",
            mend="remove slot_name from one of the two, or name another slot",
        )


_NETWORKS = ("source.cidr", "source.further_cidrs")
_MODE = ("source.ssl_mode", "source.ca_certificate_file")

RULES = (
    Rule(source_and_dms_belong_together, ()),
    Rule(verification_has_a_certificate, _MODE),
    Rule(certificate_is_used, _MODE),
    Rule(address_is_in_the_network, ("source.host", *_NETWORKS)),
    Rule(networks_differ, _NETWORKS),
    Rule(key_has_its_secret, ("source.secret_arn", "source.secret_kms_key_arn")),
    Rule(
        secret_is_in_the_region,
        ("source.secret_arn", "source.secret_kms_key_arn", "aws.region"),
    ),
    Rule(
        slot_serves_one_task,
        ("source.slot_name", "dms.tasks.*.name", "dms.tasks.*.migration_type"),
    ),
)
PAIR_RULES = (
    PairRule(
        slot_serves_one_environment,
        ("name", "source.host", "source.port", "source.slot_name"),
    ),
)
