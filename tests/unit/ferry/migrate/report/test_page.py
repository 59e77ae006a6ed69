from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from ferry.findings import Level
from ferry.migrate.report.document import as_json
from ferry.migrate.report.page import html
from ferry.migrate.report.told import Ending, Outage, Report, Table
from ferry.migrate.report.verdict import findings, headline, state
from tests.unit.ferry.migrate.report.sample import (
    AT,
    BEFORE,
    BROKEN_OFF,
    DONE,
    HOSTILE,
    REPORT,
    TABLES,
    hostile,
    look,
)

EMPTY = replace(
    REPORT, runs=(), tables=(), skipped=(), charts=(), versions=(), settings=(), way_back=(), by=""
)
ELEMENTS = {
    *("html", "head", "meta", "title", "style", "body", "header", "main", "section", "h1", "h2"),
    *("h3", "p", "div", "dl", "dt", "dd", "span", "ul", "li", "table", "thead", "tbody", "tr"),
    *("th", "td", "figure", "figcaption", "svg", "line", "rect", "text", "polyline", "circle"),
}  # fmt: skip


class Reader(HTMLParser):
    """What a browser would take a page for: its elements, their attributes, its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text.append(data)


def told(report: Report) -> str:
    return "\n".join(Reader(html(report)).text)


def levels(report: Report) -> dict[str, Level]:
    return {it.check: it.level for it in findings(report)}


@pytest.mark.parametrize("report", [REPORT, BEFORE, EMPTY, hostile()], ids=str)
def test_a_page_is_of_its_own_elements_alone_and_each_is_closed(report: Report) -> None:
    read = Reader(html(report))

    assert not read.open
    assert {tag for tag, _ in read.elements} <= ELEMENTS
    for tag, attributes in read.elements:
        assert not {"href", "src", "style", "action", "id"} & attributes.keys(), tag
        assert not [name for name in attributes if name.startswith("on")], tag


def test_names_of_others_are_text_wherever_they_stand() -> None:
    written = html(hostile())

    assert "<script" not in written
    assert "\u202e" not in written  # turns round what stands beside it
    told_ = "\n".join(Reader(written).text)
    assert told_.count(HOSTILE) >= 20
    assert "a\"b'c&d</td>\\u202ee" in told_


def test_the_policy_lets_the_pages_own_style_in_and_nothing_else() -> None:
    written = html(REPORT)
    (style,) = re.findall(r"<style>(.*?)</style>", written, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = (
        attributes["content"]
        for tag, attributes in Reader(written).elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    )

    assert policy == (
        f"default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-{digest}'"
    )
    assert not re.search(r"url\(|@import|https?:", style)


def test_all_that_is_asked_for_is_on_the_page() -> None:
    text = told(REPORT)

    for said in (
        "dev is cut over to Aurora, and all that was looked at is right.",
        "3.4 s",
        "of 120 s allowed",
        "Cutover 20270214T060000Z-a1b2c3: done",
        "Cutover 20270214T054000Z-0f0f0f: broken off",
        "verify failed 2027-02-14 05:40:03: public.orders is different.",
        "a87c11e09f3b5d20",
        "2,412,003",
        "same: 126 newer at the source, 126 in Aurora",
        "1 extra",
        "DMS loaded it again, done 2027-02-14 05:50:00; the same 2027-02-14 05:51:00",
        "a filter of its task leaves them out",
        "arn:aws:sts::123456789012:assumed-role/operator/kim, kim@bastion-1, ferry 0.1.0",
        "typed the name",
        "The maintenance window of the replication instance begins in 3 h.",
        "14.12",
        "cutover.max_lag_seconds",
        "where orders fail for ten minutes",
        "all: writing, at most 6.05 s",
        "Before the window: gate 0.40 s, save 1.20 s, before-freeze 0.10 s.",
        "After the window: after-switch 0.20 s, stop-forward 12.00 s,",
        "Not measured: CloudWatch has no value since 2027-02-14 01:30 UTC.",
        "Signature",
    ):
        assert said in text, said


def test_before_a_cutover_it_says_what_stands_and_is_not_right() -> None:
    text = told(BEFORE)

    assert "dev is not cut over: the applications write to the source." in text
    assert "No cutover has begun." in text
    assert "The last marker is not at Aurora yet." in text
    assert "none yet" in text
    assert levels(BEFORE) == {
        "cutover": Level.WARNING,
        "rows": Level.RIGHT,
        "gap": Level.UNJUDGED,
    }
    assert 'class="banner unjudged"' in html(BEFORE)


def test_of_nothing_known_nothing_is_right() -> None:
    assert levels(EMPTY) == {"cutover": Level.WARNING, "rows": Level.UNJUDGED}
    text = told(EMPTY)
    assert "Not known: no comparison is known." in text
    assert "Not measured." in text
    assert 'class="right"' not in html(EMPTY)


def test_of_several_databases_a_table_is_told_with_its_own() -> None:
    report = replace(REPORT, tables=(TABLES[0], replace(TABLES[0], database="stock")))

    assert "shop: public.customers" in told(report)
    assert "stock: public.customers" in told(report)


def test_a_run_without_a_time_is_not_measured_and_never_right() -> None:
    outage = Outage(seconds=None, how="nobody was let in again yet", closed_at=AT)
    report = replace(REPORT, runs=(replace(DONE, outage=outage),))

    assert levels(report)["outage"] is Level.UNJUDGED
    assert "Writers kept out: not measured (nobody was let in again yet)." in told(report)
    assert headline(report, findings(report)) == (
        "dev is cut over to Aurora; not all of it is known, see below before you sign."
    )


def test_a_longer_outage_than_allowed_is_a_warning() -> None:
    report = replace(REPORT, max_outage_seconds=3)

    assert levels(report)["outage"] is Level.WARNING
    assert "look at the warnings below" in headline(report, findings(report))


def test_a_run_that_is_half_done_stands_above_all() -> None:
    report = replace(REPORT, runs=(replace(DONE, ending=Ending.BEYOND),))

    assert levels(report)["cutover"] is Level.BLOCKED
    assert headline(report, findings(report)) == (
        "dev is cut over to Aurora, and the run is half done."
    )
    assert "way-back" not in levels(report)


def test_a_run_that_keeps_writers_out_now_is_wrong_until_it_ends() -> None:
    report = replace(REPORT, runs=(replace(BROKEN_OFF, ending=Ending.CLOSED),))

    assert levels(report)["cutover"] is Level.BLOCKED
    assert "Cutover 20270214T054000Z-0f0f0f: under way" in told(report)


def test_tries_that_were_broken_off_are_counted() -> None:
    (found, *_) = findings(replace(REPORT, runs=(BROKEN_OFF, BROKEN_OFF)))

    assert found.what == "Nothing was cut over yet. 2 runs were broken off."


def test_after_a_rollback_the_applications_write_to_the_source() -> None:
    report = replace(REPORT, runs=(DONE, replace(DONE, direction="back")))

    assert headline(report, findings(report)).startswith("dev was rolled back to the source")
    assert levels(report).keys() == {"cutover", "outage", "rows"}
    assert "Rollback 20270214T060000Z-a1b2c3: done" in told(report)


def test_applications_write_there_from_the_opening_on_and_what_is_the_same_since_is_told_once() -> (
    None
):
    assert "since 2027-02-14 06:00:05" in told(REPORT)
    later = replace(TABLES[0], same_at=AT)
    again = "the same again 2027-02-14 06:00:00"
    assert again not in told(replace(REPORT, tables=(later,)))
    assert again in told(replace(REPORT, tables=(replace(later, window=None),)))


def test_a_migration_that_is_finished_has_given_its_way_back_up() -> None:
    *others, run = REPORT.runs
    ending = replace(run, given_up_at=REPORT.at)
    for last, level in (
        (ending, Level.WARNING),
        (replace(ending, over_at=REPORT.at), Level.RIGHT),
    ):
        report = replace(REPORT, runs=(*others, last))
        (back,) = (it for it in findings(report) if it.check == "way-back")
        assert back.level is level
    assert headline(report, findings(report)) == (
        "dev is cut over to Aurora and finished, and all that was looked at is right."
    )
    assert "the way back given up 20" in told(report)


def test_without_a_way_back_it_says_so() -> None:
    steps = tuple(it for it in DONE.steps if it.step != "reverse-fence")

    assert levels(replace(REPORT, runs=(replace(DONE, steps=steps),)))["way-back"] is Level.WARNING


@pytest.mark.parametrize(
    ("table", "word", "level"),
    [
        (TABLES[0], "same", Level.RIGHT),
        (replace(TABLES[0], window=None), "same", Level.UNJUDGED),
        (replace(TABLES[0], window=replace(look(1, "x"), verdict="different")), "different", Level.BLOCKED),
        (replace(TABLES[1], window=None, differed=(replace(TABLES[1].differed[0], same_at=None),)), "different", Level.BLOCKED),
        (replace(TABLES[0], window=None, is_current=False), "not compared as it is now", Level.UNJUDGED),
        (replace(TABLES[0], not_compared="Aurora has no such table."), "not compared", Level.UNJUDGED),
        (replace(TABLES[0], window=replace(look(1, "x"), verdict="same in part")), "same in part", Level.WARNING),
        (replace(TABLES[0], window=None, whole=replace(look(1, "x"), verdict="not proved")), "not proved", Level.UNJUDGED),
        (replace(TABLES[0], window=None, whole=replace(look(1, "x"), verdict="not proved"), same_at=AT), "same", Level.UNJUDGED),
        (replace(TABLES[0], window=None, is_left=True), "same", Level.UNJUDGED),
        (replace(TABLES[0], window=None, is_left=True, afterwards="same"), "same", Level.RIGHT),
        (replace(TABLES[0], window=None, is_left=True, afterwards="different"), "different", Level.BLOCKED),
        (Table(database="shop", name="a.b", same_at=AT), "same", Level.UNJUDGED),
        (Table(database="shop", name="a.b"), "not compared", Level.UNJUDGED),
    ],
)  # fmt: skip
def test_what_is_known_of_a_table(table: Table, word: str, level: Level) -> None:
    report = replace(REPORT, tables=(table,))

    assert state(table) == word
    assert max((it.level for it in findings(report)), key=lambda it: it.status) is level
    assert word in told(report)


def test_a_table_that_the_window_had_no_time_for_is_told_with_what_compares_it() -> None:
    left = replace(TABLES[0], window=None, is_left=True)

    (found,) = [it for it in findings(replace(REPORT, tables=(left,))) if it.check == "rows-in-the-window"]  # fmt: skip

    assert found.what == f"The window had no time for 1 table: {left.name}."
    assert found.remedy == "Compare them: ferry verify dev --reverse"
    assert "no time was left; not compared since" in told(replace(REPORT, tables=(left,)))
    # what it was before the last writes is not what it is
    assert "rows" not in levels(replace(REPORT, tables=(left,)))
    (same,) = [
        it for it in findings(replace(REPORT, tables=(left, TABLES[1]))) if it.check == "rows"
    ]
    assert same.what == "1 of 2 tables are the same."


@pytest.mark.parametrize(
    ("table", "remedy"),
    [
        (replace(TABLES[0], window=None, is_left=True), "Compare them: {}"),
        (Table(database="shop", name="a.b"), "Compare them: {}"),
        (
            replace(TABLES[0], window=None, is_left=True, afterwards="different"),
            "See which: {} --keys",
        ),
    ],
)
@pytest.mark.parametrize(
    ("report", "command"),
    [
        (BEFORE, "ferry verify dev"),
        (REPORT, "ferry verify dev --reverse"),
        (replace(REPORT, runs=(replace(REPORT.runs[-1], direction="back"),)), "ferry verify dev"),
        (replace(REPORT, goes_back=False), ""),
        (replace(REPORT, runs=(replace(REPORT.runs[-1], given_up_at=AT),)), ""),
    ],
)  # fmt: skip
def test_what_compares_is_what_carries_now(
    table: Table, remedy: str, report: Report, command: str
) -> None:
    found = findings(replace(report, tables=(table,)))

    nothing = "Nothing compares both sides any more: what is written to Aurora is not carried to the source."
    assert (remedy.format(command) if command else nothing) in {it.remedy for it in found}


def test_many_tables_are_named_by_the_first() -> None:
    many = tuple(Table(database="shop", name=f"public.t{number}") for number in range(9))

    (found,) = [it for it in findings(replace(REPORT, tables=many)) if it.check == "rows"]

    assert found.what == ("9 tables are not compared: public.t0, public.t1, public.t2 and 6 more.")


def test_a_table_that_dms_gave_up_is_wrong_before_a_cutover() -> None:
    lost = replace(TABLES[0], state="Table error")

    assert levels(replace(BEFORE, tables=(lost,)))["carried"] is Level.BLOCKED


def test_what_was_left_out_unmeant_is_named() -> None:
    skipped = replace(REPORT.skipped[0], is_meant=False)

    (found,) = [
        it for it in findings(replace(REPORT, skipped=(skipped,) * 5)) if it.check == "skipped"
    ]

    assert found.what.endswith("some rows of public.orders, and 2 more.")


def test_the_twin_has_all_of_it_and_what_it_comes_to() -> None:
    document: dict[str, Any] = json.loads(as_json(REPORT))

    assert document["headline"] == "dev is cut over to Aurora, and all that was looked at is right."
    assert (document["verdict"], document["exit_code"]) == ("right", 0)
    assert document["runs"][1]["outage"]["seconds"] == 3.41
    assert document["tables"][1]["is"] == "same"
    assert document["tables"][1]["whole"]["hashes"] == ["a87c11e09f3b5d20"] * 2
    assert document["charts"][0]["series"][0]["points"][0][0] == "2027-02-14T02:00:00+00:00"
    assert json.loads(as_json(hostile()))["gaps"] == [
        {"what": HOSTILE, "why": "a\"b'c&d</td>\u202ee"}
    ]
