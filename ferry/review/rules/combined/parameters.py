"""PostgreSQL's parameters: which changes wait for a restart, and which RDS refuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from facts.instance_classes import BYTES_IN_GIB
from facts.parameter_guards import strength
from facts.parameters import (
    FORCE_SSL,
    LOG_STATEMENT,
    LOGICAL_REPLICATION,
    OF_CLUSTERS_ALONE,
    PARAMETERS,
    WORK_MEM,
    is_harmless,
    is_static,
)
from facts.units import parameter_said
from ferry.review.plan.plan import Action
from ferry.review.plan.shown import ours
from ferry.review.plan.values import UNKNOWN, show
from ferry.review.rules.capacity import connections_of, memory_of
from ferry.review.rules.combined.parameter_guards import Beneath, beneath, weaker
from ferry.review.rules.conditions import version
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Fine, Phrase
from ferry.review.rules.row import CHANGED_OR_REPLACED, HOWEVER_MADE
from ferry.review.rules.timing import Timing, moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.shown import Shown
    from ferry.review.plan.values import Json

_OF_CLUSTER: Final = "aws_rds_cluster_parameter_group"
_OF_INSTANCES: Final = "aws_db_parameter_group"
_INSTANCE: Final = "aws_rds_cluster_instance"
_MANY: Final = 1000
"""Connections that sort at the same time: our own judgement."""
_BYTES_OF_ONE: Final = 9_000_000
"""What each connection has where nothing is known of the instances: a little less than what Aurora's
default of max_connections gives it, whatever the class."""
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


_FLOOD: Final = (
    "{whose} goes to the log, with its values: it shows what they hold, fills the instances' storage, and "
    "CloudWatch charges for it."
)
_FLOODS: Final = {
    "all": _FLOOD.format(whose="Every statement"),
    "mod": _FLOOD.format(whose="Every statement that changes data"),
}
"""What `log_statement` does with a value that logs more than the one before."""

_ENDED: Final = _Effect(
    danger=Danger.INTERRUPTION,
    changed="Within seconds the server ends what lasts longer than {after}: {name}, which was "
    "{before}.",
    made="The server ends what lasts longer than {after}: {name}.",
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
    "log_min_duration_statement": _Effect(
        danger=Danger.UNCLEAR,
        changed=_FLOOD.format(whose="Nearly every statement") + " {name} becomes {after}.",
        made=_FLOOD.format(whose="Nearly every statement") + " {name} is {after}.",
    ),
    "session_replication_role": _Effect(
        danger=Danger.PROTECTION_LOSS,
        changed="Triggers and foreign keys no longer hold: {name} becomes {after}.",
        made="Triggers and foreign keys do not hold: {name} is {after}.",
    ),
    "ssl_min_protocol_version": _Effect(
        danger=Danger.UNCLEAR,
        changed="{name} becomes {after}, not {before}: clients that speak no later TLS are refused, and "
        "those of any from it on let in, which before 1.2 is broken.",
        made="{name} is {after}: clients that speak no later TLS are refused, and those of any from it "
        "on let in, which before 1.2 is broken.",
    ),
    "statement_timeout": _ENDED,
    "track_counts": _Effect(
        danger=Danger.INTERRUPTION,
        changed="Nothing is counted, so that autovacuum finds no table to vacuum: they grow, and in the "
        "end PostgreSQL takes no writes.",
        made="Nothing is counted, so that autovacuum finds no table to vacuum: they grow, and in the end "
        "PostgreSQL takes no writes.",
    ),
    "wal_sender_timeout": _Effect(
        danger=Danger.REPLICATION_STOP,
        changed="Replication from Aurora is cut off where it is silent for {after}.",
        made="Replication from Aurora is cut off where it is silent for {after}.",
    ),
}
"""Of the dynamic ones."""

_BACK: Final = {
    FORCE_SSL: (Danger.INTERRUPTION, "Clients that connect without TLS are refused from now on"),
    "default_transaction_read_only": (
        Danger.UNCLEAR,
        "Clients can write again, also where somebody fenced them off",
    ),
    "session_replication_role": (
        Danger.UNCLEAR,
        "Triggers fire and foreign keys hold again, also where data is loaded without them",
    ),
    "ssl_min_protocol_version": (
        Danger.INTERRUPTION,
        "Clients must speak another version of TLS, or are refused",
    ),
    "timezone": (
        Danger.UNCLEAR,
        "Where sessions do not set it, times are read and written in another zone",
    ),
}
"""The danger, and what is said of it, where a value that is harmless by itself takes the place of one
that is not, which clients may have come to rely on."""

_UNCLEAR: Final = _Effect(
    danger=Danger.UNCLEAR,
    changed="No rule says that {name} is harmless at {after}; it was {before}.",
    made="No rule says that {name} is harmless at {after}.",
)
_STARTS: Final = {
    "max_connections": "Aurora lets in {after} clients at once and no more, DMS and RDS's own among "
    "them: {name}.",
    "shared_buffers": "The instances keep {after} in memory; with too many of them they do not start: "
    "{name}.",
}
"""What a new group's static parameters do when the instances start."""

_STARTS_WITH: Final = "The instances start with {name} at {after}: no rule says that they run well."


def parameters_change(plan: Plan) -> Iterator[Finding | Fine]:
    """Parameters change: what their values do, which wait for a restart, and which RDS refuses."""
    clusters = plan.of(_OF_CLUSTER)
    nothing = beneath(())
    groups = beneath((_values(it.before), _values(it.after)) for it in clusters)
    said = [_values(it.after) for it in clusters if it.stays]
    for change in [*clusters, *plan.of(_OF_INSTANCES)]:
        yield from _in_clear_by_default(change)
        if change.action in HOWEVER_MADE and change.changes("parameter"):
            found = list(
                _of_group(change, groups, said)
                if change.type == _OF_INSTANCES
                else _of_group(change, nothing, ())
            )
            found += _beyond_memory(change, plan)
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


def _of_group(
    change: Change, under: Beneath, clusters: Sequence[Mapping[str, Any] | None]
) -> Iterator[Finding]:
    """What is told of a group's parameters.

    Args:
        change: The group.
        under: How much the groups of clusters do where it says nothing.
        clusters: What these say from now on; None for one that is not known.
    """
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
            yield from _one_parameter(change, name, was, becomes, clusters)
            yield from _comes_back(change, name, was, becomes, clusters)
            yield from _less_guarded(change, name, was, becomes, under)
            yield from _logs_more_than_it_did(change, name, was, becomes, under)


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
    change: Change,
    name: str,
    old: _Setting | None,
    new: _Setting | None,
    clusters: Sequence[Mapping[str, Any] | None],
) -> Iterator[Finding]:
    before, after = (it[0] if it else None for it in (old, new))
    others = any(it is None or name in it for it in clusters)
    values = _shown(
        change, name, old, new, after="what the cluster's group says" if others else "the default"
    )
    static = is_static(name)
    method = new[1] if new else (old or (None, None))[1]
    if new and change.type == _OF_INSTANCES and name in OF_CLUSTERS_ALONE:
        yield _parameter(
            change,
            Danger.REFUSED,
            "{name} is a parameter of the cluster: RDS refuses it in a group of instances.",
            values,
        )
        return
    if new and method == "immediate" and static is not False:
        yield _at_once(change, values, static=static)
        return
    if before == after and old and new:
        return  # another apply method alone
    harmless = is_harmless(name, str(after)) if new else _is_harmless_where_unset(name, clusters)
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
    waits = static is not False or (
        method == "pending-reboot" and not _stays(change, name, old, new)
    )
    if change.action in CHANGED_OR_REPLACED and waits:
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


def _comes_back(
    change: Change,
    name: str,
    old: _Setting | None,
    new: _Setting | None,
    clusters: Sequence[Mapping[str, Any] | None],
) -> Iterator[Finding]:
    """What is harmless by itself is in force again."""
    if name not in _BACK or change.action not in CHANGED_OR_REPLACED:
        return
    was = is_harmless(name, str(old[0])) if old else _is_harmless_by_default(change, name)
    becomes = is_harmless(name, str(new[0])) if new else _is_harmless_where_unset(name, clusters)
    if becomes and not was:
        danger, effect = _BACK[name]
        said = f"{effect}: {{name}} becomes {{after}}, not {{before}}."
        yield _parameter(change, danger, said, _shown(change, name, old, new))


def _stays(change: Change, name: str, old: _Setting | None, new: _Setting | None) -> bool:
    """Whether a cluster's parameter becomes, or was, just what Aurora's default is everywhere."""
    defaults = set(PARAMETERS[name].defaults.values()) if name in PARAMETERS else set()
    values = {str(it[0]) for it in (old, new) if it} | defaults
    return change.type == _OF_CLUSTER and bool(defaults) and len(values) == 1


def _shown(
    change: Change,
    name: str,
    old: _Setting | None,
    new: _Setting | None,
    *,
    after: str = "the default",
) -> dict[str, Shown]:
    return {
        "name": change.shown(name, "parameter"),
        "before": change.shown(_said(name, old[0]), "parameter") if old else ours("the default"),
        "after": change.shown(_said(name, new[0]), "parameter") if new else ours(after),
    }


def _said(name: str, value: Json) -> str:
    """A parameter's value as a person reads it, with its unit where it has one."""
    said = parameter_said(name, value) if isinstance(value, str) else None
    return show(value) if said is None else said


def _values(side: Mapping[str, Any]) -> dict[str, Any] | None:
    """The values of parameters by name; None where some are not known, or hidden."""
    parameters = _parameters(side)
    return None if parameters is None else {name: it[-1][0] for name, it in parameters.items()}


def _less_guarded(
    change: Change, name: str, old: _Setting | None, new: _Setting | None, under: Beneath
) -> Iterator[Finding]:
    """The server logs, measures or guards less than what was in force."""
    found = weaker(name, str(old[0]) if old else None, str(new[0]) if new else None, under)
    if found is None:
        return
    danger, effect = found
    values = _shown(change, name, old, new)
    if not old and name in under.most:
        values["before"] = ours("what the cluster's group says")
    yield _parameter(change, danger, effect, values)


def _logs_more_than_it_did(
    change: Change, name: str, old: _Setting | None, new: _Setting | None, under: Beneath
) -> Iterator[Finding]:
    """Instances that run log statements from now on which they did not."""
    effect = _FLOODS.get(str(new[0]).lower()) if new else None
    if name != LOG_STATEMENT or effect is None or change.action not in CHANGED_OR_REPLACED:
        return
    most = under.most.get(name) if old is None else None
    was = strength(name, str(old[0]) if old else None) if most is None else most
    becomes = strength(name, str(new[0])) if new else None
    if was is not None and becomes is not None and becomes > was:
        values = _shown(change, name, old, new)
        said = f"{effect} {{name}} becomes {{after}}, not {{before}}."
        yield _parameter(change, Danger.UNCLEAR, said, values)


def _beyond_memory(change: Change, plan: Plan) -> Iterator[Finding]:
    """Sorts of all connections at once, or of so many of them, take more than the smallest instance has."""
    before, after = (_values(it) or {} for it in (change.before, change.after))
    kilobytes = after.get(WORK_MEM)
    if before.get(WORK_MEM) == kilobytes or not is_harmless(WORK_MEM, str(kilobytes)):
        return
    size = plan.once(_smallest)
    memory, connections = size or (_BYTES_OF_ONE, 1)
    if float(str(kilobytes)) * 1024 * connections > memory:
        has = f"the {memory // BYTES_IN_GIB} GiB of the smallest instance" if size else ""
        yield _parameter(
            change,
            Danger.UNCLEAR,
            "Each sort of each connection may take {after}: of {many} at once that is more than "
            "{has}. {name} was {before}."
            if size
            else "Each sort of each connection may take {after}: how much memory the instances have "
            "is not known here. {name} was {before}.",
            {
                **_shown(
                    change,
                    WORK_MEM,
                    (before[WORK_MEM], None) if WORK_MEM in before else None,
                    (kilobytes, None),
                ),
                "has": ours(has),
                "many": ours(f"{connections:,}"),
            },
        )


def _smallest(plan: Plan) -> tuple[int, int] | None:
    """The memory of the smallest instance of Aurora, and the connections that it is reckoned with."""
    sizes = {(memory_of(it), connections_of(it)) for it in plan.of(_INSTANCE) if it.stays}
    known = [(memory, min(most, _MANY)) for memory, most in sizes if memory and most]
    return min(known) if known and len(known) == len(sizes) else None


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


def _is_harmless_by_default(change: Change, name: str) -> bool:
    """Whether what Aurora's default was in a group's family is harmless."""
    family = version(change.before.get("family"))
    default = PARAMETERS[name].default(family[0]) if family else None
    return _is_harmless_where_unset(name, ()) if default is None else is_harmless(name, default)


def _is_harmless_where_unset(name: str, clusters: Sequence[Mapping[str, Any] | None]) -> bool:
    """Whether a parameter falls back to a harmless value: a cluster's group's, or Aurora's default."""
    if None in clusters:
        return False
    said = [str(it[name]) for it in clusters if it and name in it]
    if not all(is_harmless(name, it) for it in said):
        return False
    row = PARAMETERS.get(name)
    return (len(said) == len(clusters) > 0) or (
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
