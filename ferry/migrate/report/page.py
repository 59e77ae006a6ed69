"""The page: one HTML file that needs nothing beside itself. Pure."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Final

from ferry.findings import Level, worst
from ferry.migrate.cutover.steps import POINT
from ferry.migrate.report import charts, verdict
from ferry.migrate.report.markup import element, page
from ferry.migrate.report.style import STYLE
from ferry.migrate.report.told import Ending
from ferry.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from ferry.findings import Finding
    from ferry.migrate.report.markup import Child, Element
    from ferry.migrate.report.told import By, Look, Report, Run, Table

_CLASSES: Final = {
    Level.RIGHT: "right",
    Level.WARNING: "warning",
    Level.UNJUDGED: "unjudged",
    Level.BLOCKED: "blocked",
}
_UNKNOWN: Final = "not known"
_UNMEASURED: Final = "not measured"


def html(report: Report) -> str:
    """The page of a report."""
    found = verdict.findings(report)
    line = verdict.headline(report, found)
    return page(
        title=f"{report.environment}: migration report",
        style=STYLE,
        body=[
            _head(report, line, worst(found)),
            element("main", *_sections(report, found)),
        ],
    )


def _head(report: Report, line: str, level: Level) -> Element:
    target = report.target or "Aurora"
    return element(
        "header",
        element("h1", f"Migration report: {report.environment}"),
        element("div", element("p", line, class_="line"), class_=f"banner {_CLASSES[level]}"),
        _cards(report),
        element(
            "p",
            f"From {report.source} to {target}, in account {report.account_id}, {report.region}. "
            f"All times are UTC. Gathered {_time(report.at)} by {report.by or _UNKNOWN}.",
            class_="quiet",
        ),
    )


def _cards(report: Report) -> Element:
    run, tables = report.last, report.tables
    states = [verdict.state(it) for it in tables]
    same = states.count(verdict.SAME)
    # A difference that is gone is told below; what counts here is what is there now.
    different = states.count(verdict.DIFFERENT)
    if run is None:
        outage, note = ("none yet", "nothing was cut over") if report.is_asked else (_UNKNOWN, "")
    elif run.outage.seconds is None:
        outage, note = _UNMEASURED, run.outage.how
    else:
        outage = f"{run.outage.seconds:,.1f} s"
        note = f"of {report.max_outage_seconds:,} s allowed"
    shown = [
        ("Writers kept out", outage, note),
        (
            "Tables the same",
            f"{same:,} of {len(tables):,}" if tables else _UNKNOWN,
            f"{different:,} different, {len(tables) - same - different:,} other" if tables else "",
        ),
        (
            "Applications write to",
            _where(report),
            ""
            if run is None or run.outage.opened_at is None
            else f"since {_time(run.outage.opened_at)}",
        ),
        (
            "Rows at the source",
            f"{sum(it.rows[0] for it in map(_best, tables) if it):,}"
            if any(map(_best, tables))
            else _UNKNOWN,
            "in the tables that were compared",
        ),
    ]
    return element(
        "dl",
        *(
            element(
                "div",
                element("dt", name),
                element("dd", value, element("span", note, class_="note") if note else None),
            )
            for name, value, note in shown
        ),
        class_="cards",
    )


def _where(report: Report) -> str:
    run = report.last
    if run is None:
        return "the source" if report.is_asked else _UNKNOWN
    if run.ending is Ending.BEYOND:
        return _UNKNOWN
    return "the source" if run.direction == "back" else "Aurora"


def _best(table: Table) -> Look | None:
    """The comparison that counts."""
    return table.window or table.whole


def _sections(report: Report, found: Sequence[Finding]) -> Iterator[Child]:
    yield _section("What was found", _findings(found))
    if report.stands:
        yield _section("Where it stands", _stands(report))
    yield _section("Timeline", *_timeline(report))
    yield _section("Latency and load", *_charts(report))
    yield _section("Evidence: every table", *_tables(report))
    yield _section("Differences, and their repair", *_differences(report))
    yield _section("What was left out, and why", *_skipped(report))
    yield _section("Who, and with what", *_who(report))
    yield _section(
        "Settings",
        _plain_table(("Setting", "Value"), [(name, value) for name, value in report.settings]),
    )
    yield _section(
        "Signatures",
        element(
            "div",
            *(element("div", word) for _ in range(3) for word in ("Name", "Date", "Signature")),
            class_="sign",
        ),
    )


def _section(title: str, *children: Child) -> Element:
    return element("section", element("h2", title), *children)


def _findings(found: Sequence[Finding]) -> Element:
    ordered = sorted(found, key=lambda it: it.level.status, reverse=True)
    return element(
        "ul",
        *(
            element(
                "li",
                element("span", str(it.level), class_="level"),
                element(
                    "div",
                    element("div", it.what),
                    element("div", f"{it.why[:1].upper()}{it.why[1:]}", class_="quiet")
                    if it.why
                    else None,
                    element("div", it.remedy, class_="quiet") if it.remedy else None,
                ),
                class_=_CLASSES[it.level],
            )
            for it in ordered
        ),
        class_="found",
    )


def _stands(report: Report) -> Element:
    return _plain_table(
        ("Step", "State", "What is seen"), [(it.step, it.state, it.what) for it in report.stands]
    )


def _timeline(report: Report) -> Iterator[Child]:
    if not report.runs:
        yield element(
            "p", "No cutover has begun." if report.is_asked else f"{_UNKNOWN.capitalize()}."
        )
    for run in report.runs:
        yield from _run(run)


def _run(run: Run) -> Iterator[Child]:
    word = "Rollback" if run.direction == "back" else "Cutover"
    yield element("h3", f"{word} {run.id}: {run.ending}")
    outage = run.outage
    seconds = _UNMEASURED if outage.seconds is None else f"{outage.seconds:,.1f} s"
    yield element("p", f"Writers kept out: {seconds} ({outage.how}).")
    moments = [
        ("closed", outage.closed_at),
        ("point of no return", run.point_at),
        ("opened", outage.opened_at),
        ("the way back given up", run.given_up_at),
        ("finished", run.over_at),
    ]
    told = "; ".join(f"{name} {_time(at)}" for name, at in moments if at)
    if told:
        yield element("p", f"{told[0].upper()}{told[1:]}.", class_="quiet")
    if run.opened:
        yield element("p", f"Opening it again came to: {run.opened}.", class_="quiet")
    yield from _steps(run)
    for step in run.steps:
        if step.state == "failed":
            yield element("p", f"{step.step} failed {_time(step.at)}: {step.why}")
        elif step.state == "begun":
            yield element(
                "p", f"{step.step} began {_time(step.at)}; how it ended is not written down."
            )


def _steps(run: Run) -> Iterator[Child]:
    """The window, drawn; in words what was done outside of it, which may take far longer."""
    window = [it for it in run.steps if it.in_window]
    before = [it for it in run.steps if not it.in_window and (not window or it.at < window[0].at)]
    after = [it for it in run.steps if not it.in_window and it not in before]
    for when, them in (("Before the window", before), ("", window), ("After the window", after)):
        if them and not when:
            yield element("div", charts.steps(them, POINT), class_="steps")
            if run.point_at:
                yield element("p", "Broken line: the point of no return.", class_="quiet")
        elif them:
            told = ", ".join(
                f"{it.step} {_UNKNOWN if it.seconds is None else f'{it.seconds:,.2f} s'}"
                for it in them
            )
            yield element("p", f"{when}: {told}.")


def _charts(report: Report) -> Iterator[Child]:
    closed = [
        (run.outage.closed_at, run.outage.opened_at)
        for run in report.runs
        if run.outage.closed_at and run.outage.opened_at
    ]
    figures = []
    for chart in report.charts:
        if chart.series:
            drawn: list[Child] = [charts.lines(chart, closed), charts.legend(chart)]
        else:
            drawn = [element("p", f"{_UNMEASURED.capitalize()}: {chart.why}.")]
        figures.append(
            element("figure", element("figcaption", f"{chart.title}, {chart.unit}"), *drawn)
        )
    if not figures:
        yield element("p", f"{_UNMEASURED.capitalize()}.")
        return
    yield element("div", *figures, class_="charts")
    if closed:
        yield element("p", "Red: writers were kept out.", class_="quiet")


_COLUMNS: Final = (
    "Table",
    "Rows are",
    "Rows: source",
    "Rows: Aurora",
    "Hash: source",
    "Hash: Aurora",
    "All compared",
    "In the window",
)


def _tables(report: Report) -> Iterator[Child]:
    if not report.tables:
        yield element("p", f"{_UNKNOWN.capitalize()}: no comparison is known.")
        return
    several = len({it.database for it in report.tables}) > 1
    yield element(
        "p",
        "Both databases hash each row; a hash here is the sum over all rows of a table, when all of it was "
        "compared last. Within the window what was written since is compared, and the counts.",
        class_="quiet",
    )
    rows = []
    for it in report.tables:
        whole, window, word = it.whole, it.window, verdict.state(it)
        best = _best(it)
        name = f"{it.database}: {it.name}" if several else it.name
        hashes = next((look.hashes for look in (window, whole) if look and any(look.hashes)), None)
        then = "never" if whole is None else f"{_time(whole.at)}{_took(whole)}"
        if window is None and it.same_at and (whole is None or it.same_at > whole.at):
            then += f"; the same again {_time(it.same_at)}"
        cells = (
            (name, "mono name"),
            (word, _word_class(word)),
            (_number(best.rows[0] if best else None), "number"),
            (_number(best.rows[1] if best else None), "number"),
            (hashes[0] if hashes else _UNKNOWN, "mono hash"),
            (hashes[1] if hashes else _UNKNOWN, "mono hash"),
            (then, None),
            (_in_window(it), None),
        )
        rows.append(
            element(
                "tr",
                *(
                    element("td", element("span", text), data_label=label, class_=kind)
                    for label, (text, kind) in zip(_COLUMNS, cells, strict=True)
                ),
            )
        )
    yield _table(_COLUMNS, rows)


def _in_window(table: Table) -> str:
    look = table.window
    if look is None and table.is_left:
        return f"no time was left; {table.afterwards or 'not compared'} since"
    if look is None:
        return "no"
    if look.newer is None:
        return f"{look.verdict}: all rows"
    here, there = look.newer
    return f"{look.verdict}: {here:,} newer at the source, {there:,} in Aurora"


def _took(look: Look) -> str:
    return "" if look.seconds is None else f", {look.seconds:,.1f} s"


def _word_class(word: str) -> str:
    if word == verdict.DIFFERENT:
        return "word word-bad"
    return "word" if word == verdict.SAME else "word word-unknown"


def _differences(report: Report) -> Iterator[Child]:
    rows = []
    for table in report.tables:
        for it in table.differed:
            counts = ", ".join(f"{count:,} {kind}" for kind, count in it.counts.items())
            if it.same_at is None:
                repair = "not repaired"
            elif it.loaded_at:
                repair = (
                    f"DMS loaded it again, done {_time(it.loaded_at)}; the same {_time(it.same_at)}"
                )
            else:
                repair = f"by other means, not written down; the same {_time(it.same_at)}"
            rows.append((table.name, _time(it.at), counts or _UNKNOWN, repair))
    if rows:
        yield _plain_table(("Table", "Seen", "Rows", "Repair"), rows)
    elif any(it.whole or it.window for it in report.tables):
        yield element("p", "No comparison that is known here has found one.")
    else:
        yield element("p", f"{_UNKNOWN.capitalize()}: no comparison is known.")


def _skipped(report: Report) -> Iterator[Child]:
    if not report.skipped:
        yield element("p", "Nothing that is known here.")
        return
    yield _plain_table(
        ("What", "Why", "By the file"),
        [(it.what, it.why, "yes" if it.is_meant else "no") for it in report.skipped],
    )


def _who(report: Report) -> Iterator[Child]:
    several = [(run, by) for run in report.runs for by in run.by]
    if several:
        yield _plain_table(
            ("Run", "Since", "Who", "Asked by"),
            [
                (run.id, _time(by.at), _person(by), "typed the name" if by.typed else "--yes")
                for run, by in several
            ],
        )
    elif report.runs:
        yield element("p", f"Who cut over is {_UNKNOWN}: an older ferry did not write it down.")
    warned = list(dict.fromkeys(it for _, by in several for it in by.warnings))
    if warned:
        yield element("h3", "What the gate warned of, and was gone on with")
        yield element("ul", *(element("li", it) for it in warned))
    yield element("h3", "Versions")
    yield _plain_table(
        ("What", "Version"), [(what, which or _UNKNOWN) for what, which in report.versions]
    )
    if report.way_back:
        yield element("h3", "The way back, as the file says")
        yield element("ul", *(element("li", it) for it in report.way_back))


def _person(by: By) -> str:
    at = "@".join(filter(None, (by.user, by.machine)))
    return f"{by.caller or _UNKNOWN}, {at or _UNKNOWN}, ferry {by.ferry or _UNKNOWN}"


def _plain_table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> Element:
    return _table(
        names,
        [
            element(
                "tr",
                *(
                    element("td", element("span", text), data_label=name)
                    for name, text in zip(names, row, strict=True)
                ),
            )
            for row in rows
        ],
    )


def _table(names: Sequence[str], rows: Sequence[Element]) -> Element:
    return element(
        "table",
        element("thead", element("tr", *(element("th", name, scope="col") for name in names))),
        element("tbody", *rows),
        class_="wide",
    )


def _number(value: int | None) -> str:
    return _UNKNOWN if value is None else f"{value:,}"


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def summary(report: Report) -> str:
    """How many runs and tables it tells of, for whoever made it."""
    return f"{counted(len(report.runs), 'run')}, {counted(len(report.tables), 'table')}"
