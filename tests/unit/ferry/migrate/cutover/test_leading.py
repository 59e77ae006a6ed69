"""What leads the applications to Aurora: what passes, what is blocked, warned of, not judged."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from ferry.findings import Level
from ferry.migrate.cutover.seen import Dns, Hook, Secret
from ferry.migrate.cutover.switching.cname import Cname, Found, Lowered, UnfitError
from ferry.migrate.cutover.switching.signed import SignIn
from tests.unit.ferry.migrate.cutover.sights import ALL, ARN, AT, UNKNOWN, findings

if TYPE_CHECKING:
    from ferry.findings import Finding
    from ferry.migrate.cutover.seen import Seen

SOURCE, ENDPOINT = "db.example.org", "shop.cluster-abc.eu-central-1.rds.amazonaws.com"
OLD = Cname(zone_id="Z1", name="db.example.com", value=SOURCE, ttl_seconds=300)
LOW = replace(OLD, ttl_seconds=5)
MINUTE = timedelta(minutes=1)


def of_record(its: Cname = LOW, *, is_private: bool = False, **changes: Any) -> Seen:  # noqa: ANN401
    """All is right, and there is a record."""
    usual = {
        "name": "db.example.com",
        "ttl_seconds": 5,
        "endpoint": f"{ENDPOINT.upper()}.",
        "found": Found(record=its, zone="example.com", is_private=is_private),
    }
    return replace(ALL, dns=Dns(**{**usual, **changes}))


def of_secret(sign_in: SignIn | None, **changes: Any) -> Seen:  # noqa: ANN401 - any of a secret's
    """All is right but the applications' secret."""
    secret = Secret(arn=ARN, has_next=True, sign_in=sign_in)
    return replace(ALL, secrets=(replace(secret, **changes),))


def one(sight: Seen, check: str, level: Level) -> Finding:
    """The one finding of a check."""
    (found,) = findings(sight, check)
    assert found.level is level
    return found


def test_a_record_that_leads_to_the_source_passes_but_for_what_tls_may_say() -> None:
    sight = of_record()

    assert ALL.environment.migration.source.host == SOURCE
    assert (
        one(sight, "record", Level.RIGHT).what == "The record db.example.com leads to the source."
    )
    assert one(sight, "record-ttl", Level.RIGHT).what == (
        "The record db.example.com has a TTL of 5 seconds; since when, Route 53 does not say."
    )
    tls = one(sight, "record-tls", Level.WARNING)
    assert "sslmode=verify-full will be refused" in tls.what
    assert "sslmode=verify-ca" in tls.remedy


@pytest.mark.parametrize(
    ("sight", "level", "what"),
    [
        (
            of_record(found=UnfitError("It is an alias.", "Make it a CNAME.")),
            Level.BLOCKED,
            "It is an alias.",
        ),
        (
            of_record(found=UNKNOWN),
            Level.UNJUDGED,
            "Where the record db.example.com leads could not be judged.",
        ),
        (
            of_record(replace(LOW, value=ENDPOINT)),
            Level.BLOCKED,
            "The record db.example.com leads to Aurora already.",
        ),
        (
            of_record(replace(LOW, value="db7.example.net")),
            Level.WARNING,
            (
                "The record db.example.com leads to db7.example.net, which the file does not know: "
                "source.host is db.example.org."
            ),
        ),
    ],
)
def test_where_it_leads_is_said(sight: Seen, level: Level, what: str) -> None:
    found = one(sight, "record", level)

    assert found.what == what
    assert found.why
    assert found.remedy


def test_a_private_zone_is_said_to_be_one() -> None:
    _, private = findings(of_record(is_private=True), "record")

    assert private.level is Level.WARNING
    assert private.what == "The hosted zone Z1 (example.com) is private."


def test_a_ttl_that_is_high_is_said() -> None:
    found = one(of_record(OLD), "record-ttl", Level.WARNING)

    assert found.what == (
        "The record db.example.com has a TTL of 300 seconds; cutover.dns.ttl_seconds is 5."
    )
    assert found.remedy == (
        "Before writers are kept out it is set to 5, and 300 seconds are waited for; set it earlier to save "
        "these"
    )


def test_a_ttl_that_was_high_until_now_is_waited_for() -> None:
    early = of_record(lowered=Lowered(before=OLD, at=AT - MINUTE))
    late = of_record(lowered=Lowered(before=OLD, at=AT - 5 * MINUTE))

    found = one(early, "record-ttl", Level.WARNING)
    assert found.what == "The record db.example.com had a TTL of 300 seconds until 06:41:00 UTC."
    assert found.remedy == "Wait another 240 seconds"
    assert one(late, "record-ttl", Level.RIGHT).what == (
        "The record db.example.com has a TTL of 5 seconds since 2026-11-27 06:37 UTC."
    )


@pytest.mark.parametrize("may_connect", [True, None])
def test_a_password_that_aurora_accepts_passes(*, may_connect: bool | None) -> None:
    one(of_secret(SignIn(database="app", may_connect=may_connect)), "sign-in", Level.RIGHT)
    one(of_secret(None, has_next=False), "sign-in", Level.RIGHT)


@pytest.mark.parametrize(
    ("sign_in", "level", "what"),
    [
        (
            SignIn(database="app", refused="it does not accept the password of the user."),
            Level.BLOCKED,
            (
                f"Aurora does not accept the version under ferry-next of {ARN}: it does not accept the "
                "password of the user."
            ),
        ),
        (
            SignIn(database="app", may_connect=False),
            Level.BLOCKED,
            (
                f"The user of the version under ferry-next of {ARN} may not connect to app when Aurora "
                "is open."
            ),
        ),
        (
            UNKNOWN,
            Level.UNJUDGED,
            f"Whether Aurora accepts the version under ferry-next of {ARN} could not be judged.",
        ),
    ],
)
def test_what_signing_in_came_to_is_said(sign_in: SignIn, level: Level, what: str) -> None:
    found = one(of_secret(sign_in), "sign-in", level)

    assert found.what == what
    assert found.why
    assert found.remedy


def test_a_next_version_that_is_the_current_one_is_blocked() -> None:
    found = one(of_secret(None, is_current=True), "application-secrets", Level.BLOCKED)

    assert found.what == (
        f"The version of the secret {ARN} under ferry-next is under AWSCURRENT too."
    )


def test_each_hook_is_looked_at() -> None:
    sight = replace(
        ALL,
        hooks=(
            Hook(name="before_freeze", obstacle=None),
            Hook(name="switch", obstacle="there is no file ./hooks/switch"),
        ),
    )

    right, blocked = findings(sight, "hooks")

    assert (right.level, blocked.level) == (Level.RIGHT, Level.BLOCKED)
    assert right.what == "cutover.hooks.before_freeze can be started."
    assert blocked.what == (
        "cutover.hooks.switch cannot be started: there is no file ./hooks/switch."
    )
