"""When an alarm goes off: whether a changed one does as early as before, and a new one at all.

What may be anything, a value that is hidden or known only after apply, is neither found nor called
harmless here: then no rule says that it is.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Final

from facts import alarms, metrics
from facts.alarms import Comparison, MissingData, Statistic
from ferry.review.plan.plan import STAYING, Action
from ferry.review.plan.shown import joined
from ferry.review.plan.values import is_set
from ferry.review.rules.combined.alarm_values import (
    DMS,
    GROWS_WITH_THE_PERIOD,
    HIGHEST,
    LOWEST,
    PUT_ALARM,
    STATISTIC,
    WINDOW,
    deaf,
    fine,
    is_closer,
    is_inclusive,
    place_of,
    shown_threshold,
    side_of,
    statistics_of,
    thresholds_of,
    unseen,
    window_of,
)
from ferry.review.rules.conditions import number
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from facts.thresholds import Thresholds
    from ferry.review.plan.plan import Change
    from ferry.review.rules.finding import Fine

_CLOUDWATCH: Final = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring"
_EVALUATED: Final = f"{_CLOUDWATCH}/alarm-evaluation.html"
_SILENCE: Final = f"{_CLOUDWATCH}/alarms-and-missing-data.html"

_ALARMS: Final = {it.metric: it for it in alarms.ALARMS}
_OTHER_DIMENSIONS: Final[dict[str, list[set[str]]]] = {
    metrics.AURORA: [{metrics.CLUSTER, metrics.ROLE}, {metrics.CLUSTER_INSTANCE}],
    metrics.DMS: [],
}
"""Beside a metric's own: of one of a cluster's roles, and of one instance."""

_SILENCE_IS_BAD: Final = "breaching"
_TELLS_MORE_OF_SILENCE: Final[dict[str, set[str]]] = {
    MissingData.GOOD: {MissingData.AS_BEFORE, MissingData.UNKNOWN}
}
"""What may take the place of a treatment of missing data, beside breaching."""

_LONGEST_WINDOW_SECONDS: Final = 3600
"""How long a new alarm may take until it goes off without anybody asking why: our own judgement."""

_MEDIAN: Final = 50
_WATCHED: Final = frozenset(
    {
        "aws_dms_replication_instance",
        "aws_dms_replication_task",
        "aws_rds_cluster",
        "aws_rds_cluster_instance",
    }
)


def changed_bounds(change: Change) -> Iterator[Finding | Fine]:
    """When a changed alarm goes off, and when it did."""
    for told in (_compared, _threshold, _window, _statistic, _low_samples, _silence, _unit):
        yield from told(change)


def new_bounds(change: Change) -> Iterator[Finding | Fine]:
    """Whether a new alarm can go off at all, and is silent while all is well."""
    row = None if is_set(change.after.get("metric_query")) else thresholds_of(change.after)
    if row is None:
        yield Finding(
            danger=Danger.UNCLEAR,
            change=change,
            effect=Phrase(
                "The alarm is of a calculation, or of a metric that no rule knows: whether it goes "
                "off never, or all the time, is not judged."
            ),
        )
        return
    # `thresholds_out_of_reach` tells of a threshold that makes no sense.
    for it in ("metric_name", "namespace"):
        yield fine(change, it, "One metric more is watched.")
    if number(change.after.get("threshold")) is not None:
        yield fine(change, "threshold", "One metric more is watched.")
    if side_of(change.after):
        yield fine(change, "comparison_operator", "One metric more is watched.")
    yield from _new_dimensions(change, row)
    yield from _new_statistic(change)
    yield from _low_samples(change)
    yield from _new_window(change)
    yield from _new_silence(change, row)


def _new_dimensions(change: Change, row: Thresholds) -> Iterator[Finding | Fine]:
    dimensions = change.after.get("dimensions")
    if isinstance(dimensions, dict):
        usual = ({*row.metric.dimensions}, *_OTHER_DIMENSIONS[row.metric.namespace])
        role = dimensions.get(metrics.ROLE)
        if set(dimensions) not in usual or (isinstance(role, str) and role not in {*metrics.Role}):
            yield deaf(
                change,
                "dimensions",
                "{metric} is not published under {dimensions}: the alarm has no data, ever.",
                {
                    "metric": change.shown_after("metric_name"),
                    "dimensions": change.shown_after("dimensions"),
                },
                source=DMS if row.metric.namespace == metrics.DMS else PUT_ALARM,
            )
        elif not unseen(dimensions) or _names_ours(change):
            yield fine(change, "dimensions", "One metric more is watched.")


def _names_ours(change: Change) -> bool:
    """Whether the names that only AWS will say are of what this plan has."""
    named = (change.references or {}).get("dimensions", ())
    groups = change.neighbours.at(named)
    return bool(groups) and all(
        it and it.managed and it.actions.keys() <= STAYING and it.types <= _WATCHED for it in groups
    )


def _new_silence(change: Change, row: Thresholds) -> Iterator[Finding | Fine]:
    silence = change.after.get("treat_missing_data")
    if not isinstance(silence, str):
        return
    usual = _ALARMS.get(row.metric)
    if silence == _SILENCE_IS_BAD:
        yield _silence_is_bad(change, row)
    elif silence == MissingData.UNKNOWN or (
        silence == usual.missing_data
        if usual
        else silence in {*MissingData} and side_of(change.after) is Comparison.ABOVE
    ):
        yield fine(change, "treat_missing_data", "Silence is no sign that all is well.")
    else:
        yield _silence_is_good(change)


def _silence_is_bad(change: Change, row: Thresholds) -> Finding | Fine:
    if not row.is_silent:
        return fine(change, "treat_missing_data", "Silence is taken for a bad sign.")
    return deaf(
        change,
        "treat_missing_data",
        "{metric} has no values while nothing is wrong, and silence is taken for a bad sign: an "
        "alarm that is on all the time tells nothing.",
        {"metric": change.shown_after("metric_name")},
        source=_SILENCE,
    )


def _new_statistic(change: Change) -> Iterator[Fine]:
    side = side_of(change.after)
    statistic, extended = statistics_of(change.after)
    at_least = Statistic.MAXIMUM if side is Comparison.ABOVE else Statistic.MINIMUM
    place = place_of(statistic, extended)
    if (
        statistic == Statistic.AVERAGE
        or (side and statistic == at_least)
        or (side and extended and place is not None and is_closer(side, place, _MEDIAN))
    ):
        for it in STATISTIC:
            yield fine(change, it, "One metric more is watched.")


def _longest(period: int) -> int:
    """For how many seconds an alarm may look back; CloudWatch refuses more. Source: PutMetricAlarm."""
    return 604_800 if period >= 3_600 else 86_400  # noqa: PLR2004 - an hour


def _too_long(change: Change) -> Finding:
    return Finding(
        danger=Danger.REFUSED,
        change=change,
        attribute=", ".join(it for it in WINDOW if change.changes(it)),
        effect=Phrase(
            "CloudWatch refuses an alarm that looks back for longer than a day, or than seven where "
            "a period is an hour or more."
        ),
        source=PUT_ALARM,
    )


def _new_window(change: Change) -> Iterator[Fine]:
    is_known = str(change.after.get("namespace")) in metrics.NAMESPACES
    least = metrics.PUBLISHED_EVERY_SECONDS if is_known else 1
    period, evaluated, needed = window_of(change.after) or (0, 0, 0)
    if least <= period and period * evaluated <= _LONGEST_WINDOW_SECONDS and needed:
        for it in WINDOW:
            yield fine(change, it, "One metric more is watched.")


def _compared(change: Change) -> Iterator[Finding | Fine]:
    """The comparison becomes another one."""
    name = "comparison_operator"
    old, new = side_of(change.before), side_of(change.after)
    if not change.changes(name) or old is None or new is None:
        return
    if old is not new:
        yield deaf(
            change,
            ", ".join(it for it in (name, "threshold") if change.changes(it)),
            "The alarm goes off on the other side of its threshold: {after} in place of {before}.",
            change.shown_sides(name),
        )
    elif is_inclusive(change.before):
        yield deaf(change, name, "The alarm no longer goes off at its threshold, only beyond it.")
    else:
        yield fine(change, name, "It goes off at its threshold too.")


def _threshold(change: Change) -> Iterator[Finding | Fine]:
    name = "threshold"
    before, after = number(change.before.get(name)), number(change.after.get(name))
    side = side_of(change.after)
    if not change.changes(name) or before is None or after is None:
        return
    if side is None or side is not side_of(change.before):
        return
    if is_closer(side, before, after):
        if thresholds_of(change.after):
            yield fine(change, name, "It goes off earlier.")
    else:
        yield deaf(
            change,
            name,
            "The alarm goes off later: at {after} in place of {before}.",
            {
                "before": shown_threshold(change, before, of=change.before),
                "after": shown_threshold(change, after, of=change.after),
            },
        )


def _window(change: Change) -> Iterator[Finding | Fine]:
    """How long it has to be bad."""
    changed = [it for it in WINDOW if change.changes(it)]
    before, after = window_of(change.before), window_of(change.after)
    if not changed or before is None or after is None:
        return
    if after[0] * after[1] > _longest(after[0]):
        yield _too_long(change)
        return
    is_known = str(change.after.get("namespace")) in metrics.NAMESPACES
    least = metrics.PUBLISHED_EVERY_SECONDS if is_known else before[0]
    shorter = after[0] < before[0]
    names = ("period", "of", "n", "was", "among", "m")
    values = {
        name: change.shown(str(value), *WINDOW)
        for name, value in zip(names, (*after, *before), strict=True)
    }
    attributes = ", ".join(changed)
    if shorter and after[0] < least:
        yield deaf(
            change,
            attributes,
            "Nothing says that there is data in every period of {period} seconds; until now they "
            "had {was}.",
            values,
        )
    elif (
        after[0] <= before[0]
        and _still_enough(before, after)
        and not (shorter and change.after.get("statistic") in GROWS_WITH_THE_PERIOD)
    ):
        for name in changed:
            yield fine(change, name, "It goes off earlier.")
    else:
        yield deaf(
            change,
            attributes,
            "It has to be bad for longer: in {n} of {of} periods of {period} seconds, until now in "
            "{m} of {among} of {was} seconds.",
            values,
            source=_EVALUATED,
        )


def _still_enough(before: tuple[int, int, int], after: tuple[int, int, int]) -> bool:
    """Whether whatever is bad in as many periods as were needed is so in as many as will be.

    Of the bad ones among those that were looked at, so many are among fewer at least, however they
    are spread.
    """
    _, looked_at, bad = before
    _, evaluated, needed = after
    if evaluated >= looked_at:
        return needed <= bad
    spread = ceil(bad / ceil(looked_at / evaluated))
    return needed <= max(spread, evaluated - (looked_at - bad))


def _statistic(change: Change) -> Iterator[Finding | Fine]:
    """What becomes of several values in one period."""
    changed = [it for it in STATISTIC if change.changes(it)]
    side, before, after = (
        side_of(change.after),
        statistics_of(change.before),
        statistics_of(change.after),
    )
    if not changed or side is None or unseen([*before, *after]):
        return
    was, is_ = place_of(*before), place_of(*after)
    best, worst = (HIGHEST, LOWEST) if side is Comparison.ABOVE else (LOWEST, HIGHEST)
    from_average = before == (Statistic.AVERAGE, None) and is_ == best
    to_average = after == (Statistic.AVERAGE, None) and was == worst
    # The higher the value that is looked at, the earlier it is above a threshold.
    ordered = was is not None and is_ is not None and is_closer(side, is_, was)
    if from_average or to_average or ordered:
        for name in changed:
            yield fine(change, name, "It goes off earlier.")
    else:
        yield deaf(
            change,
            ", ".join(changed),
            "The alarm looks at {after} of a period's values in place of {before}: it may go off "
            "later, or never.",
            {
                "before": joined(map(change.shown_before, changed), by="/"),
                "after": joined(map(change.shown_after, changed), by="/"),
            },
        )


def _low_samples(change: Change) -> Iterator[Fine]:
    """Whether few values are enough for a percentile; nothing else asks for it."""
    name = "evaluate_low_sample_count_percentiles"
    if not is_set(change.after.get("extended_statistic")) or change.after.get(name) == "evaluate":
        yield fine(change, name, "Few values count as many do.")


def _silence(change: Change) -> Iterator[Finding | Fine]:
    name = "treat_missing_data"
    before = change.before.get(name) or MissingData.UNKNOWN
    after = change.after.get(name) or MissingData.UNKNOWN
    if not change.changes(name) or not (isinstance(before, str) and isinstance(after, str)):
        return
    row = thresholds_of(change.after)
    if after == _SILENCE_IS_BAD:
        if row:
            yield _silence_is_bad(change, row)
    elif after == before or after in _TELLS_MORE_OF_SILENCE.get(before, ()):
        yield fine(change, name, "Silence is taken for a worse sign than before.")
    else:
        yield _silence_is_good(change)


def _silence_is_good(change: Change) -> Finding:
    name = "treat_missing_data"
    return deaf(
        change,
        name,
        "Silence is no longer taken for a bad sign, or no longer told: {after} in place of {before}."
        if change.action is not Action.CREATE
        else "Silence is taken for no bad sign: {after}.",
        change.shown_sides(name),
        source=_SILENCE,
    )


def _unit(change: Change) -> Iterator[Finding | Fine]:
    after = change.after.get("unit")
    if not change.changes("unit") or unseen(after):
        return
    if is_set(after):
        yield deaf(
            change,
            "unit",
            "The alarm sees only what is published in {after}, and is without data where nothing is.",
            change.shown_sides("unit"),
        )
    else:
        yield fine(change, "unit", "It sees what is published in every unit.")
