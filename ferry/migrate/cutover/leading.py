"""Whether what leads the applications to Aurora can: their record, their password, the user's hooks. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facts.application_secrets import NEXT_STAGE
from ferry.errors import FerryError
from ferry.findings import blocked, not_judged, right, warning
from ferry.migrate.cutover.checks import Check
from ferry.migrate.cutover.switching.cname import UnfitError, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.findings import Finding
    from ferry.migrate.cutover.seen import Dns, Hook, Secret, Seen
    from ferry.migrate.cutover.switching.cname import Cname

_NOT_LED: Final = (
    "At the switch the applications would not be led to Aurora, which nobody else writes to."
)


def record(seen: Seen, dns: Dns) -> Iterator[Finding]:
    """Whether the record stands as it should before it is led to Aurora."""
    check, found = "record", dns.found
    if isinstance(found, UnfitError):
        yield blocked(check, found.why, why=_NOT_LED, remedy=found.remedy)
        return
    if isinstance(found, FerryError):
        yield not_judged(
            check, f"Where the record {dns.name} leads", why=found.why, remedy=found.remedy
        )
        return
    its, source = found.record, plain(seen.environment.migration.source.host)
    if its.value == plain(dns.endpoint):
        yield blocked(
            check,
            f"The record {its.name} leads to Aurora already.",
            why="Whoever resolves it is kept out by Aurora now, and where it led before is not known.",
            remedy=f"Lead it back to the source: {source}",
        )
    elif its.value != source:
        yield warning(
            check,
            f"The record {its.name} leads to {its.value}, which the file does not know: source.host is "
            f"{source}.",
            why="Where that is another server, the applications that use the record are not those of this "
            "source.",
            remedy="Look whether it is the source by another name",
        )
    else:
        yield right(check, f"The record {its.name} leads to the source.")
    if found.is_private:
        yield warning(
            check,
            f"The hosted zone {its.zone_id} ({found.zone}) is private.",
            why="Only VPCs that are associated with it are led by its record. Who asks elsewhere is led by "
            "a public record of that name, or by none, and that is not changed.",
            remedy="Look where the applications run: aws route53 get-hosted-zone --id "
            f"{its.zone_id} names the VPCs",
        )
    yield from _ttl(seen, dns, its)
    yield _tls(its.name)


def _ttl(seen: Seen, dns: Dns, its: Cname) -> Iterator[Finding]:
    """Whether resolvers let go of the record soon enough."""
    check, lowered = "record-ttl", dns.lowered
    why = (
        "A resolver that has asked keeps the record for that long: it leads applications to the source, "
        "which is closed by then."
    )
    if its.ttl_seconds > dns.ttl_seconds:
        yield warning(
            check,
            f"The record {its.name} has a TTL of {its.ttl_seconds} seconds; cutover.dns.ttl_seconds is "
            f"{dns.ttl_seconds}.",
            why=why,
            remedy=f"Before writers are kept out it is set to {dns.ttl_seconds}, and {its.ttl_seconds} seconds "
            "are waited for; set it earlier to save these",
        )
        return
    left = lowered.seconds_left(seen.at) if lowered else 0.0
    if lowered and left:
        yield warning(
            check,
            f"The record {its.name} had a TTL of {lowered.before.ttl_seconds} seconds until "
            f"{lowered.at:%H:%M:%S} UTC.",
            why=why,
            remedy=f"Wait another {left:.0f} seconds",
        )
        return
    since = (
        f" since {lowered.at:%Y-%m-%d %H:%M} UTC"
        if lowered
        else "; since when, Route 53 does not say"
    )
    yield right(check, f"The record {its.name} has a TTL of {its.ttl_seconds} seconds{since}.")


def _tls(name: str) -> Finding:
    """That Aurora's certificate has the endpoints' names and no other.

    Sources: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.SSL.html,
    https://www.postgresql.org/docs/15/libpq-ssl.html
    """
    return warning(
        "record-tls",
        f"Applications that connect to {name} with sslmode=verify-full will be refused by their own driver.",
        why=f"Aurora's certificate has the names of its endpoints, and {name} is none of them. How the "
        "applications verify it is not known here.",
        remedy="Have them use sslmode=verify-ca with RDS's bundle, or Aurora's endpoint as their host (by "
        "cutover.application_secret_arns); if none of them verifies the name, go on",
    )


def signing_in(seen: Seen, secret: Secret) -> Iterator[Finding]:
    """Whether Aurora accepts what a secret's next version says."""
    check, found = "sign-in", secret.sign_in
    if found is None:
        return
    if isinstance(found, FerryError):
        yield not_judged(
            check,
            f"Whether Aurora accepts the version under {NEXT_STAGE} of {secret.arn}",
            why=found.why,
            remedy=found.remedy,
        )
    elif found.refused:
        yield blocked(
            check,
            f"Aurora does not accept the version under {NEXT_STAGE} of {secret.arn}: "
            f"{found.refused.rstrip('.')}.",
            why="After the switch the applications would have that one, and could not connect.",
            remedy=f"Write what Aurora has: ferry secret application {seen.name}",
        )
    elif found.may_connect is False:
        yield blocked(
            check,
            f"The user of the version under {NEXT_STAGE} of {secret.arn} may not connect to "
            f"{found.database} when Aurora is open.",
            why="Aurora is opened to those alone who could connect to the source.",
            remedy="Make it a member of a role in Aurora that could: GRANT role TO user",
        )


def hooks(_: Seen, hook: Hook) -> Iterator[Finding]:
    """Whether a hook can be started."""
    if hook.obstacle:
        yield blocked(
            "hooks",
            f"cutover.hooks.{hook.name} cannot be started: {hook.obstacle}.",
            why="The cutover would stop there.",
            remedy="Name a program with a path from the project's folder, such as ./hooks/tell-support, and "
            "let it be executed: chmod +x",
        )
    else:
        yield right("hooks", f"cutover.hooks.{hook.name} can be started.")


HOOKS: Final = Check(
    name="hooks",
    title="Whether the hooks can be started",
    good="The file names no hook.",
    of=lambda seen: seen.hooks,
    judge=hooks,
)
"""Of a rollback too."""

CHECKS: Final = (
    Check(
        name="record",
        title="Where the applications' record leads",
        good="The file names no record of the applications.",
        of=lambda seen: () if seen.dns is None else (seen.dns,),
        judge=record,
    ),
    Check(
        name="sign-in",
        title="Whether Aurora accepts the applications' next password",
        good="Aurora accepts each next version that the applications' secrets have.",
        of=lambda seen: seen.secrets,
        judge=signing_in,
    ),
    HOOKS,
)
