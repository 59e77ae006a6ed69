"""PostgreSQL's parameters: which changes wait for a restart, and which RDS refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from facts.parameters import FORCE_SSL, is_static
from ferry.review.plan.values import UNKNOWN, Json, holds_hidden, show
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase
from ferry.review.rules.row import CHANGED_OR_REPLACED
from ferry.review.rules.timing import Timing, moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.shown import Shown

_PARAMETERS: Final = (
    "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_WorkingWithParamGroups.html"
)


def parameters_change(plan: Plan) -> Iterator[Finding]:
    """Parameters change: which of them wait for a restart, and which RDS refuses."""
    for change in plan.of("aws_rds_cluster_parameter_group", "aws_db_parameter_group"):
        if change.action not in CHANGED_OR_REPLACED or not change.changes("parameter"):
            continue
        before, after = _parameters(change.before), _parameters(change.after)
        if before is None or after is None:
            yield _parameter(
                change,
                Danger.INTERRUPTION,
                "Which parameters change is known only after apply.",
                timing=Timing.RESTART,
            )
            continue
        for name in sorted({*before, *after}):
            old, new = before.get(name), after.get(name)
            if old != new:
                yield from _one_parameter(change, name, old, new)


_Setting = tuple[Any, Any]


def _parameters(side: Json) -> dict[str, _Setting] | None:
    """Value and apply method of each parameter; None where some are not known."""
    found = {}
    parameters = side.get("parameter")
    if parameters is UNKNOWN or holds_hidden(parameters):
        return None
    for it in parameters or ():
        if (
            not isinstance(it, dict)
            or UNKNOWN in [it.get("name"), it.get("value")]
            or "name" not in it
        ):
            return None
        found[str(it["name"])] = (it.get("value"), it.get("apply_method"))
    return found


def _one_parameter(
    change: Change, name: str, old: _Setting | None, new: _Setting | None
) -> Iterator[Finding]:
    before, after = (show(it[0] if it else None) for it in (old, new))
    values = {
        "name": change.shown(name, "parameter"),
        "before": change.shown(before, "parameter"),
        "after": change.shown(after, "parameter"),
    }
    static = is_static(name)
    method = new[1] if new else (old or (None, None))[1]
    if name == FORCE_SSL and after not in {'"1"', "1"}:
        yield _parameter(
            change,
            Danger.WIDER_ACCESS,
            "Clients may connect without TLS: {name} becomes {after}.",
            values,
        )
    if static and new and method == "immediate":
        yield _parameter(
            change,
            Danger.REFUSED,
            "{name} is static: RDS refuses to apply it immediately.",
            values,
            remedy="Set its apply_method to pending-reboot.",
        )
    elif static is None and new and method == "immediate":
        yield _parameter(
            change,
            Danger.INTERRUPTION,
            "Whether {name} is static is not known here. If it is, RDS refuses to apply it "
            "immediately.",
            values,
            remedy="Set its apply_method to pending-reboot, which RDS takes either way.",
        )
    elif static or method == "pending-reboot":
        yield _parameter(
            change,
            Danger.INTERRUPTION,
            "{name} becomes {after}, and stays {before} until the instances are restarted.",
            values,
            timing=Timing.RESTART,
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
