"""PostgreSQL's parameters: which changes wait for a restart, and which RDS refuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from facts.parameters import FORCE_SSL, LOGICAL_REPLICATION, PARAMETERS, is_harmless, is_static
from ferry.review.plan.plan import Action
from ferry.review.plan.shown import ours
from ferry.review.plan.values import UNKNOWN, show
from ferry.review.rules.conditions import version
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Fine, Phrase
from ferry.review.rules.row import CHANGED_OR_REPLACED, HOWEVER_MADE
from ferry.review.rules.timing import Timing, moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.shown import Shown
    from ferry.review.plan.values import Json

_OF_CLUSTER: Final = "aws_rds_cluster_parameter_group"
_OF_INSTANCES: Final = "aws_db_parameter_group"
_PARAMETERS: Final = (
    "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_WorkingWithParamGroups.html"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Effect:
    """What a parameter does with a value that is not among the harmless ones.

    Args:
        danger: What kind of effect it is.
        changed: What happens where servers run with another value.
        made: What a server does that begins with it.
    """

    danger: Danger
    changed: str
    made: str


_ENDED: Final = _Effect(
    danger=Danger.INTERRUPTION,
    changed="Within seconds the server ends what lasts longer than {after} ms: {name}, which was "
    "{before}.",
    made="The server ends what lasts longer than {after} ms: {name}.",
)
_EFFECTS: Final = {
    "autovacuum": _Effect(
        danger=Danger.INTERRUPTION,
        changed="Tables are no longer vacuumed: they grow, and in the end PostgreSQL takes no writes.",
        made="Tables are not vacuumed: they grow, and in the end PostgreSQL takes no writes.",
    ),
    "default_transaction_read_only": _Effect(
        danger=Danger.OUTAGE,
        changed="Within seconds clients can read and no longer write, DMS included: {name} becomes "
        "{after}.",
        made="Clients can read and not write, DMS included: {name} is {after}.",
    ),
    "idle_in_transaction_session_timeout": _ENDED,
    "idle_session_timeout": _ENDED,
    "lock_timeout": _ENDED,
    "session_replication_role": _Effect(
        danger=Danger.PROTECTION_LOSS,
        changed="Triggers and foreign keys no longer hold: {name} becomes {after}.",
        made="Triggers and foreign keys do not hold: {name} is {after}.",
    ),
    "statement_timeout": _ENDED,
    "wal_sender_timeout": _Effect(
        danger=Danger.REPLICATION_STOP,
        changed="Replication from Aurora is cut off where it is silent for {after} ms.",
        made="Replication from Aurora is cut off where it is silent for {after} ms.",
    ),
}
"""Of the dynamic ones."""

_UNCLEAR: Final = _Effect(
    danger=Danger.UNCLEAR,
    changed="No rule says that {name} is harmless at {after}; it was {before}.",
    made="No rule says that {name} is harmless at {after}.",
)
_STARTS: Final = {
    "max_connections": "At most {after} clients are let in at once, DMS and RDS's own among them: "
    "{name}.",
    "shared_buffers": "The instances keep {after} pages of 8 kB in memory; with too many of them they "
    "do not start: {name}.",
}
"""What a new group's static parameters do when the instances start."""

_STARTS_WITH: Final = "The instances start with {name} at {after}: no rule says that they run well."


_NOT_AT_ALL: Final = ({"-1"},)
_SWITCHED_OFF: Final = ({"0", "off", "false", "no"},)
_LOGGED: Final[Mapping[str, tuple[set[str], ...]]] = {
    "log_autovacuum_min_duration": _NOT_AT_ALL,
    "log_connections": _SWITCHED_OFF,
    "log_disconnections": _SWITCHED_OFF,
    "log_error_verbosity": ({"terse"}, {"default"}),
    "log_lock_waits": _SWITCHED_OFF,
    "log_min_duration_statement": _NOT_AT_ALL,
    "log_min_error_statement": ({"error"}, {"warning"}, {"notice"}, {"info"}),
    "log_statement": ({"none"}, {"ddl"}, {"mod"}),
    "log_temp_files": _NOT_AT_ALL,
}
"""What is logged the least with, and then more.

Source: https://www.postgresql.org/docs/15/runtime-config-logging.html"""

_DEFAULT_DETAIL: Final = {"log_error_verbosity": "default"}
"""PostgreSQL's defaults that do not log the least; those of Aurora's own stand with the parameters."""

_MOST: Final = 1_000_000
"""More than any group says: for what is not known."""

_KEPT: Final = "rds.log_retention_period"
"""For how many minutes the server's own logs are kept."""

_MEASURED: Final = frozenset({*_LOGGED, _KEPT})


def parameters_change(plan: Plan) -> Iterator[Finding | Fine]:
    """Parameters change: what their values do, which wait for a restart, and which RDS refuses."""
    clusters = plan.of(_OF_CLUSTER)
    nothing, groups = _beneath(()), _beneath(clusters)
    for change in [*clusters, *plan.of(_OF_INSTANCES)]:
        yield from _in_clear_by_default(change)
        if change.action in HOWEVER_MADE and change.changes("parameter"):
            found = list(_of_group(change, groups if change.type == _OF_INSTANCES else nothing))
            yield from found
            if not found:
                yield Fine(
                    change=change,
                    attribute="parameter",
                    because="Parameters with these values are known to be harmless, and in force "
                    "without a restart.",
                )


def _in_clear_by_default(change: Change) -> Iterator[Finding]:
    """A new group of a cluster does not say that clients need TLS, where Aurora's default is not."""
    family = version(change.after.get("family"))
    parameters = _parameters(change.after)
    if change.type != _OF_CLUSTER or not change.comes or not family or parameters is None:
        return
    default = PARAMETERS[FORCE_SSL].default(family[0])
    if FORCE_SSL not in parameters and default and not is_harmless(FORCE_SSL, default):
        yield _parameter(
            change,
            Danger.WIDER_ACCESS,
            "Clients may connect without TLS: {name} is not set, and {after} by default.",
            {"name": ours(FORCE_SSL), "after": ours(default)},
        )


def _of_group(change: Change, beneath: _Beneath) -> Iterator[Finding]:
    before, after = _parameters(change.before), _parameters(change.after)
    if before is None or after is None:
        yield _parameter(
            change,
            Danger.INTERRUPTION,
            "Which parameters change is known only after apply.",
            timing=Timing.RESTART,
        )
        return
    for name in sorted({*before, *after}):
        old, new = before.get(name, []), after.get(name, [])
        if len(old) > 1 or len(new) > 1:
            yield _parameter(
                change,
                Danger.UNCLEAR,
                "{name} stands twice: which of the two is in force cannot be told.",
                {"name": change.shown(name, "parameter")},
            )
        elif old != new:
            was, becomes = (it[0] if it else None for it in (old, new))
            yield from _one_parameter(change, name, was, becomes)
            yield from _less_logged(change, name, was, becomes, beneath)


_Setting = tuple[Any, Any]


def _parameters(side: Mapping[str, Any]) -> dict[str, list[_Setting]] | None:
    """Value and apply method of each parameter; None where some are not known, or hidden."""
    parameters = side.get("parameter") or []
    if not isinstance(parameters, list):
        return None
    found: dict[str, list[_Setting]] = {}
    for it in parameters:
        if not isinstance(it, dict) or not isinstance(it.get("name"), str):
            return None
        if UNKNOWN in [it.get("value"), it.get("apply_method")]:
            return None
        found.setdefault(it["name"].lower(), []).append((it.get("value"), it.get("apply_method")))
    return found


def _one_parameter(
    change: Change, name: str, old: _Setting | None, new: _Setting | None
) -> Iterator[Finding]:
    before, after = (it[0] if it else None for it in (old, new))
    values = _shown(change, name, old, new)
    static = is_static(name)
    method = new[1] if new else (old or (None, None))[1]
    if new and method == "immediate" and static is not False:
        yield _at_once(change, values, static=static)
        return
    if before == after and old and new:
        return  # another apply method alone
    harmless = is_harmless(name, str(after)) if new else _is_harmless_where_unset(name)
    if name == FORCE_SSL and not harmless:
        yield _parameter(
            change,
            Danger.WIDER_ACCESS,
            "Clients may connect without TLS: {name} becomes {after}.",
            values,
            timing=Timing.RESTART if method == "pending-reboot" else Timing.NOW,
        )
    elif not harmless and static is False:
        effect = _EFFECTS.get(name, _UNCLEAR)
        said = effect.made if change.action is Action.CREATE else effect.changed
        yield _parameter(change, effect.danger, said, values)
    if name == LOGICAL_REPLICATION and old and not harmless:
        yield _parameter(
            change,
            Danger.REPLICATION_LOSS,
            "Logical replication from Aurora ends when the instances are restarted, and its slots "
            "are lost: {name} becomes {after}.",
            values,
            timing=Timing.RESTART,
        )
    if change.action in CHANGED_OR_REPLACED and (static is not False or method == "pending-reboot"):
        yield _parameter(
            change,
            Danger.INTERRUPTION,
            "{name} becomes {after}, and stays {before} until the instances are restarted.",
            values,
            timing=Timing.RESTART,
        )
    elif not harmless and static is not False:
        said = _STARTS.get(name, _STARTS_WITH) if static else _UNCLEAR.made
        yield _parameter(change, Danger.UNCLEAR, said, values)


def _shown(
    change: Change, name: str, old: _Setting | None, new: _Setting | None
) -> dict[str, Shown]:
    return {
        "name": change.shown(name, "parameter"),
        "before": change.shown(show(old[0]), "parameter") if old else ours("the default"),
        "after": change.shown(show(new[0]), "parameter") if new else ours("the default"),
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class _Beneath:
    """What holds where a group of instances says nothing: the clusters' groups, then defaults.

    Args:
        most: How much is logged, or for how long it is kept, until now, by parameter; the most.
        least: The same of after the plan; the least.
    """

    most: Mapping[str, int]
    least: Mapping[str, int]


def _beneath(clusters: Iterable[Change]) -> _Beneath:
    """What the clusters' groups say; what is not known may be the most until now, the least then."""
    most: dict[str, int] = {}
    least: dict[str, int] = {}
    for change in clusters:
        for side, levels, pick, unknown in (
            (change.before, most, max, _MOST),
            (change.after, least, min, 0),
        ):
            parameters = _parameters(side)
            for name in _MEASURED:
                if parameters is None:
                    levels[name] = unknown
                for value, _ in (parameters or {}).get(name, ()):
                    found = _measured(name, value)
                    levels[name] = pick(levels.get(name, found), found)
    return _Beneath(most=most, least=least)


def _less_logged(
    change: Change, name: str, old: _Setting | None, new: _Setting | None, beneath: _Beneath
) -> Iterator[Finding]:
    """The log tells less than what was in force, or is kept for less."""
    if name not in _MEASURED:
        return
    default = _measured(name, None)
    was = _measured(name, old[0]) if old else beneath.most.get(name, default)
    becomes = _measured(name, new[0]) if new else beneath.least.get(name, default)
    if becomes >= was:
        return
    values = _shown(change, name, old, new)
    if not old and name in beneath.most:
        values["before"] = ours("what the cluster's group says")
    if name == _KEPT:
        yield _parameter(
            change,
            Danger.DATA_LOSS,
            "The server deletes more of its own logs: {name} becomes {after}, not {before}.",
            values,
        )
    else:
        yield _parameter(
            change,
            Danger.UNWATCHED,
            "The log tells less: {name} becomes {after}, not {before}.",
            values,
        )


def _measured(name: str, value: Json) -> int:
    """How much is logged, or for how many minutes it is kept; of nothing, by default."""
    value = _default(name) if value is None else value
    return _minutes(value) if name == _KEPT else _detail(name, value)


def _default(name: str) -> str | None:
    """The value that is in force where no group says one; None where that is not known."""
    row = PARAMETERS.get(name)
    return _DEFAULT_DETAIL.get(name) or next(iter(row.defaults.values()) if row else iter(()), None)


def _detail(name: str, value: Json) -> int:
    """How much a parameter makes PostgreSQL log, the more the higher; 0 for what logs nothing."""
    if value is None:
        return 0
    ranks, text = _LOGGED[name], str(value).lower()
    return next((rank for rank, words in enumerate(ranks) if text in words), len(ranks))


def _minutes(value: Json) -> int:
    """A number of minutes; 0 for what is none."""
    text = str(value)
    return int(text) if text.isdecimal() and len(text) < len(str(_MOST)) else 0


def _at_once(change: Change, values: dict[str, Shown], *, static: bool | None) -> Finding:
    """A parameter that is static, or may be, is to be applied immediately."""
    if static:
        return _parameter(
            change,
            Danger.REFUSED,
            "{name} is static: RDS refuses to apply it immediately.",
            values,
            remedy="Set its apply_method to pending-reboot.",
        )
    return _parameter(
        change,
        Danger.INTERRUPTION,
        "Whether {name} is static is not known here. If it is, RDS refuses to apply it "
        "immediately; if it is not, what {after} does is not known.",
        values,
        remedy="Set its apply_method to pending-reboot, which RDS takes either way.",
    )


def _is_harmless_where_unset(name: str) -> bool:
    """Whether Aurora's default is harmless, to which a parameter falls back."""
    row = PARAMETERS.get(name)
    return (
        row is not None
        and row.harmless is not None
        and all(map(row.harmless.hold, row.defaults.values()))
    )


def _parameter(
    change: Change,
    danger: Danger,
    effect: str,
    values: dict[str, Shown] | None = None,
    *,
    timing: Timing = Timing.NONE,
    remedy: str = "",
) -> Finding:
    return Finding(
        danger=danger,
        change=change,
        attribute="parameter",
        effect=Phrase(effect, values or {}),
        when=moment(change, timing),
        lasts="seconds to a few minutes on each instance" if timing is Timing.RESTART else "",
        remedy=Phrase(remedy),
        source=_PARAMETERS,
    )
