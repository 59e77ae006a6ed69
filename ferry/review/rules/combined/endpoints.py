"""DMS's endpoints, with the certificates and the secrets that they use."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from facts.dms import SSL_MODES, VERIFYING
from ferry.review.plan.plan import Action, without_key
from ferry.review.plan.values import Hidden, as_key, is_set
from ferry.review.rules.combined.connection_options import (
    OF_AN_EMPTY_CLUSTER,
    OPTIONS,
    connection_options,
)
from ferry.review.rules.combined.empty import begins_empty
from ferry.review.rules.combined.publishers import named_by
from ferry.review.rules.combined.settings import MOST_SHOWN, and_more, effects
from ferry.review.rules.combined.tasks import is_idle
from ferry.review.rules.conditions import left_out, refers_to
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Fine, Phrase, unclear
from ferry.review.rules.row import DESTROYED
from ferry.review.rules.timing import Timing, moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from ferry.review.plan.plan import Change, Neighbours, Plan
    from ferry.review.plan.shown import Shown
    from ferry.review.plan.values import Json

_GUIDE: Final = "https://docs.aws.amazon.com/dms/latest/userguide"
_API: Final = "https://docs.aws.amazon.com/dms/latest/APIReference"
_MODIFY_ENDPOINT: Final = f"{_API}/API_ModifyEndpoint.html"
_OPTIONS: Final = f"{_GUIDE}/CHAP_Source.PostgreSQL.html"
_SECRETS: Final = f"{_GUIDE}/security_iam_secretsmanager.html"

_SECRET: Final = "aws_secretsmanager_secret"  # noqa: S105 (a resource type)
_TASK: Final = "aws_dms_replication_task"
_ENDPOINT: Final = "aws_dms_endpoint"
_EXTRA: Final = "extra_connection_attributes"
_ENDPOINT_ATTRIBUTES: Final = (
    "certificate_arn",
    "database_name",
    "endpoint_type",
    "engine_name",
    _EXTRA,
    "password",
    "port",
    "secrets_manager_access_role_arn",
    "secrets_manager_arn",
    "server_name",
    "service_access_role",
    "ssl_mode",
    "username",
)


def endpoint_changes(plan: Plan) -> Iterator[Finding | Fine]:
    """An endpoint is changed in place: DMS refuses that while a task that uses it runs.

    A new one keeps what it carries, and its password, from others. A certificate does not go while
    an endpoint holds it.
    """
    running = [it for it in plan.of(_TASK) if it.before and not is_idle(it)]
    users = _by(running, "before", "source_endpoint_arn", "target_endpoint_arn")
    for change in plan.of(_ENDPOINT):
        if change.comes:
            yield from _endpoint_made(plan, change)
        elif change.action is Action.UPDATE:
            # What was found changed outside Terraform, DMS took: no task ran.
            using = () if plan.found else users(change.before.get("endpoint_arn"))
            yield from _endpoint_changed(change, using)
        if is_set(change.after.get("password")) and change.changes("password"):
            yield Finding(
                danger=Danger.WIDER_ACCESS,
                change=change,
                attribute="password",
                effect=Phrase(
                    "The password stands in the state, for all who may read that; a new one in "
                    "Secrets Manager does not reach DMS."
                ),
                remedy=Phrase("Name a secret in secrets_manager_arn."),
                source=_SECRETS,
            )
    yield from _certificates(plan)
    yield from _unlike(plan)


def _unlike(plan: Plan) -> Iterator[Finding]:
    """The endpoints of a task do not say alike how numbers without precision travel, and one is new."""
    endpoints = {
        name: it
        for it in plan.of(_ENDPOINT)
        if it.stays
        for name in (without_key(it.address), it.after.get("endpoint_arn"))
        if isinstance(name, str)
    }
    for task in plan.of(_TASK):
        pair = [
            endpoints[name]
            for end in ("source_endpoint_arn", "target_endpoint_arn")
            for name in (named_by(task, end) if task.stays else ())
            if name in endpoints
        ]
        is_new = task.comes or any(it.comes for it in pair)
        if is_new and len({_as_text(plan, it) for it in pair}) > 1:
            yield Finding(
                danger=Danger.REPLICATION_STOP,
                change=task if task.comes else next(it for it in pair if it.comes),
                attribute="" if task.comes else _EXTRA,
                effect=Phrase(
                    "Numbers without precision travel as text by one of the task's endpoints, and not "
                    "by the other: both must say the same of mapUnboundedNumericAsString."
                ),
                source=_OPTIONS,
            )


def _as_text(plan: Plan, endpoint: Change) -> str:
    """How an endpoint takes numbers without precision; by default not as text."""
    said = connection_options(plan.configured(endpoint, _EXTRA)) or {}
    return said.get("mapunboundednumericasstring", "false").lower()


def _by(
    changes: Iterable[Change], side: str, *attributes: str
) -> Callable[[Json], Sequence[Change]]:
    """Find the changes of which an attribute has a value, and some that may have it: it is hidden."""
    found: dict[str, list[Change]] = {}
    hidden: list[Change] = []
    for change in changes:
        values = [getattr(change, side).get(name) for name in attributes]
        if any(isinstance(it, Hidden) for it in values):
            hidden += [change] if len(hidden) < MOST_SHOWN else []
            continue
        for value in {it for it in values if isinstance(it, str) and it}:
            found.setdefault(value, []).append(change)
    return lambda value: [*(found.get(value, ()) if isinstance(value, str) else ()), *hidden]


def _endpoint_changed(change: Change, running: Sequence[Change]) -> Iterator[Finding | Fine]:
    changed = [name for name in _ENDPOINT_ATTRIBUTES if change.changes(name)]
    if _in_another_order(change):
        changed.remove(_EXTRA)
        yield Fine(change=change, attribute=_EXTRA, because="The same, in another order.")
    if not changed:
        return
    values = {"tasks": _all_named(running, _name), "port": change.shown_after("port")}
    if running and change.after.get("pause_replication_tasks") is not True:
        danger = Danger.REFUSED
        effect = "DMS changes no endpoint while a task uses it: {tasks} may be running."
    elif running:
        danger = Danger.REPLICATION_STOP
        effect = (
            "Tasks are stopped meanwhile: {tasks}. Whether they are started again is not certain."
        )
    else:
        danger = Danger.REPLICATION_STOP
        effect = f"DMS connects in another way from now on. {_what_breaks(changed)}"
    yield Finding(
        danger=danger,
        change=change,
        attribute=", ".join(changed),
        effect=Phrase(effect.rstrip(), values),
        when=moment(change, Timing.NOW),
        remedy=Phrase("Stop the tasks before, test the connection and resume them after.")
        if running
        else Phrase("Test the connection afterwards."),
        source=_MODIFY_ENDPOINT,
    )
    if _EXTRA in changed:
        yield from _options(change, change.after.get(_EXTRA))


def _in_another_order(change: Change) -> bool:
    """Whether the extra connection attributes are the same, which the provider takes for no change.

    Source: suppressExtraConnectionAttributesDiffs in
    https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/dms/endpoint.go
    """
    if not change.changes(_EXTRA):
        return False
    before, after = (connection_options(side.get(_EXTRA)) for side in (change.before, change.after))
    return before is not None and before == after


def _endpoint_made(plan: Plan, change: Change) -> Iterator[Finding | Fine]:
    # What refers to a new VPC endpoint is known only after apply; the stack says what else there is.
    is_first = change.action is Action.CREATE and plan.once(begins_empty)
    found = list(_options(change, plan.configured(change, _EXTRA), is_first=is_first))
    yield from found
    if not found:
        because = "Each of them is harmless with its value."
        yield Fine(change=change, attribute=_EXTRA, because=because)
    yield _encryption(change, plan)
    yield from _signs_in(plan, change)


def _signs_in(plan: Plan, endpoint: Change) -> Iterator[Finding | Fine]:
    """By which secret a new endpoint signs in: the target's leads to the cluster, the source's does not."""
    name = "secrets_manager_arn"
    arn, kind = endpoint.after.get(name), endpoint.after.get("endpoint_type")
    named = (endpoint.references or {}).get(name, ())
    written, given = endpoint.neighbours.once(_secrets_of_clusters)
    own = refers_to(_SECRET)(endpoint, name) is True
    if kind == "target" and ((own and written.issuperset(named)) or as_key(arn) in written):
        because = "The secret that is written with the cluster's address."
        yield Fine(change=endpoint, attribute=name, because=because)
    elif kind == "target" and (isinstance(arn, str) or own):
        yield Finding(
            danger=Danger.DATA_LOSS,
            change=endpoint,
            attribute=name,
            effect=Phrase(
                "The secret is not one that is written with the cluster's address: DMS writes to "
                "whatever it names, and may drop tables there."
            ),
            source=_SECRETS,
        )
    elif kind == "source" and (given.intersection(named) or as_key(arn) in given):
        yield Finding(
            danger=Danger.REPLICATION_STOP,
            change=endpoint,
            attribute=name,
            effect=Phrase("The secret is the cluster's own: DMS reads from Aurora itself."),
            source=_SECRETS,
        )
    elif kind == "source" and (own or _is_the_sources(plan, arn)):
        because = "A secret of the source's, in this account and region."
        yield Fine(change=endpoint, attribute=name, because=because)


def _is_the_sources(plan: Plan, arn: Json) -> bool:
    """Whether an ARN is that of the secret which ``ferry secret source`` writes, or of one's own.

    One's own is of the same account and region, and bears no name of this project: what does is
    another environment's, or for another end.
    """
    account, region = re.escape(plan.account_id), re.escape(plan.region)
    named = re.fullmatch(
        rf"arn:[a-z-]+:secretsmanager:{region}:{account}:secret:"
        r"(?P<name>[A-Za-z0-9/_+=.@!-]+)-[A-Za-z0-9]{6}",
        arn if isinstance(arn, str) else "",
    )
    if not (account and region and plan.prefix and named):
        return False
    return named["name"] == f"{plan.prefix}/source" or not named["name"].startswith(
        f"{plan.project}-"
    )


def _secrets_of_clusters(neighbours: Neighbours) -> tuple[frozenset[str], frozenset[str]]:
    """The secrets that are written with a cluster's address, and these with those it is given from.

    By their addresses, and by their ARNs as far as these are known.
    """
    from_clusters = {
        address
        for it in neighbours.of("aws_rds_cluster")
        if it.stays
        for named in (it.references or {}).values()
        for address in named
    }
    written: set[str] = set()
    given: set[str] = set()
    for version in neighbours.of("aws_secretsmanager_secret_version"):
        if not version.stays:
            continue
        said = version.references or {}
        secrets = {*said.get("secret_id", ())}
        arn = version.after.get("secret_id")
        secrets |= {arn} if isinstance(arn, str) else set()
        referred = {address for named in said.values() for address in named}
        if any(it.startswith("aws_rds_cluster.") for it in referred):
            written |= secrets
        if without_key(version.address) in from_clusters:
            given |= secrets
    return frozenset(written), frozenset(written | given)


def _encryption(change: Change, plan: Plan) -> Finding | Fine:
    """How a new endpoint connects; DMS's default is in clear."""
    mode = change.after.get("ssl_mode")
    if mode not in SSL_MODES[1:]:
        return Finding(
            danger=Danger.WIDER_ACCESS,
            change=change,
            attribute="ssl_mode",
            effect=Phrase("Password and data cross the network in clear, or may."),
            source=f"{_GUIDE}/CHAP_Security.SSL.html",
        )
    certificate = change.after.get("certificate_arn")
    if mode in VERIFYING and (
        not is_set(certificate) or left_out(change, "certificate_arn") is True
    ):
        return Finding(
            danger=Danger.REFUSED,
            change=change,
            attribute="ssl_mode",
            effect=Phrase("There is no certificate with which DMS could verify the other side."),
            source=f"{_GUIDE}/CHAP_Security.SSL.html",
        )
    kind = change.after.get("endpoint_type")
    least = plan.once(_least_modes).get(kind) if isinstance(kind, str) else None
    if least is not None and SSL_MODES.index(mode) < least:
        return Finding(
            danger=Danger.WIDER_ACCESS,
            change=change,
            attribute="ssl_mode",
            effect=Phrase(
                "{mode} proves less of who the other side is than every such endpoint that is there "
                "asks for.",
                {"mode": change.shown_after("ssl_mode")},
            ),
            source=f"{_GUIDE}/CHAP_Security.SSL.html",
        )
    return Fine(change=change, attribute="ssl_mode", because="The connection is encrypted.")


def _least_modes(plan: Plan) -> Mapping[str, int]:
    """How the least protected endpoint that is there connects, by type."""
    found: dict[str, int] = {}
    for it in plan.of(_ENDPOINT):
        kind, mode = it.before.get("endpoint_type"), it.before.get("ssl_mode")
        if isinstance(kind, str) and mode in SSL_MODES:
            found[kind] = min(found.get(kind, len(SSL_MODES)), SSL_MODES.index(mode))
    return found


def _options(change: Change, given: Json, *, is_first: bool = False) -> Iterator[Finding]:
    """What comes of an endpoint's extra connection attributes."""
    name = _EXTRA
    kind = change.after.get("endpoint_type")
    known = OF_AN_EMPTY_CLUSTER if is_first else OPTIONS
    table = known.get(kind) if isinstance(kind, str) else None
    before = None if change.comes else connection_options(change.before.get(name))
    after = connection_options(given)
    if left_out(change, name) is True:
        after = {}
    if table is None or after is None or (before is None and not change.comes):
        yield unclear(change, name, "What these attributes are cannot be told.")
        return
    if before is not None:
        # ModifyEndpoint keeps what is not named.
        after = {**before, **after}
    yield from effects(table, before, after).findings(change, name, source=_OPTIONS)


def _all_named(changes: Sequence[Change], name: Callable[[Change], Shown]) -> Shown:
    return and_more(map(name, changes[:MOST_SHOWN]), len(changes))


def _name(task: Change) -> Shown:
    name = task.before.get("replication_task_id")
    return task.shown(name, "replication_task_id") if isinstance(name, str) else task.shown_address


def _what_breaks(changed: Sequence[str]) -> str:
    if {"certificate_arn", "ssl_mode"} & set(changed):
        return "With a certificate that does not fit, the tasks cannot connect."
    told = []
    if {"server_name", "port", "database_name", "secrets_manager_arn"} & set(changed):
        told.append("At another server or database, a task's position means nothing: reload it.")
    if "port" in changed:
        told.append("The security groups on both sides must let DMS through to port {port}.")
    return " ".join(told)


def _certificates(plan: Plan) -> Iterator[Finding | Fine]:
    """A certificate goes: DMS refuses that while an endpoint holds it."""
    holders = _by([it for it in plan.of(_ENDPOINT) if it.stays], "after", "certificate_arn")
    for change in plan.of("aws_dms_certificate"):
        arn = change.before.get("certificate_arn")
        if not change.goes or not isinstance(arn, str):
            continue
        if holders(arn):
            yield Finding(
                danger=Danger.REFUSED,
                change=change,
                effect=Phrase(
                    "DMS deletes no certificate that an endpoint uses: {endpoints}.",
                    {"endpoints": _all_named(holders(arn), lambda it: it.shown_place)},
                ),
                source=f"{_API}/API_DeleteCertificate.html",
            )
        else:
            because = "No endpoint uses it any more."
            yield Fine(change=change, attribute=DESTROYED, because=because)


def secrets_in_use(plan: Plan) -> Iterator[Finding]:
    """A secret that DMS reads is made anew: until it has a value, tasks cannot connect."""
    readers = _by(plan.of(_ENDPOINT), "before", "secrets_manager_arn")
    for change in plan.of("aws_secretsmanager_secret"):
        arn = change.before.get("arn")
        if change.goes and isinstance(arn, str) and readers(arn):
            yield Finding(
                danger=Danger.REPLICATION_STOP,
                change=change,
                effect=Phrase(
                    "DMS signs in with this secret: {endpoints} cannot connect without it.",
                    {"endpoints": _all_named(readers(arn), lambda it: it.shown_place)},
                ),
                when=moment(change, Timing.NOW),
                lasts="until the endpoints name the new one and it holds a value",
                source=_SECRETS,
            )
