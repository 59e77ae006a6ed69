"""The picture of what is built is that of the JSON."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from settings.reading.loading import load_environments
from tests.unit.stacks.conftest import ENVIRONMENTS, synthesized
from tools.stack_picture import ENVIRONMENT, FILE, draw

SVG = "{http://www.w3.org/2000/svg}"


def resource(construct: str, **needs: str) -> dict[str, object]:
    return {"//": {"metadata": {"path": f"dev/{construct}/it"}}, **needs}


def titles(picture: str) -> set[str | None]:
    root = ET.fromstring(picture)  # noqa: S314 -- what this project draws
    return {it.text for it in root.iter(f"{SVG}text") if it.get("class") == "title"}


def lines(picture: str) -> int:
    return len(re.findall(r'^<path d="M', picture, re.MULTILINE))


def test_it_is_current() -> None:
    (environment,) = load_environments(ENVIRONMENTS, selected=ENVIRONMENT)

    assert draw(synthesized(environment).document) == FILE.read_text(), (
        "'make pictures' draws it anew"
    )


def test_what_follows_is_not_drawn() -> None:
    stack = {
        "resource": {
            "aws_a": {"a": resource("a")},
            "aws_b": {"b": resource("b", of="${aws_a.a.id}")},
            "aws_c": {"c": resource("c", of="${aws_b.b.id}", too="${aws_a.a.id}")},
        }
    }

    picture = draw(stack)

    assert titles(picture) == {"a", "b", "c"}
    assert lines(picture) == 2


def test_what_is_needed_by_way_of_a_local_is_drawn() -> None:
    stack = {
        "locals": {"x": "${data.aws_a.a.arns}"},
        "data": {"aws_a": {"a": resource("a")}},
        "resource": {"aws_b": {"b": resource("b", of="${local.x}")}},
    }

    picture = draw(stack)

    assert lines(picture) == 1
    assert "a (found)" in picture


def test_a_line_that_passes_a_row_by_has_a_lane_of_its_own() -> None:
    stack = {
        "resource": {
            "aws_a": {"a": resource("a"), "x": resource("x")},
            "aws_b": {"b": resource("b", of="${aws_a.a.id}")},
            "aws_c": {"c": resource("c", of="${aws_b.b.id}", too="${aws_a.x.id}")},
        }
    }

    (passing,) = (it for it in draw(stack).splitlines() if it.count("C") == 3)

    assert passing.startswith('<path d="M')


def test_constructs_that_need_each_other_are_drawn_once() -> None:
    stack = {
        "resource": {
            "aws_a": {"a": resource("a", of="${aws_b.b.id}"), "b": resource("a")},
            "aws_b": {"b": resource("b", of="${aws_a.b.id}")},
        }
    }

    assert lines(draw(stack)) == 1


@pytest.mark.parametrize(("kinds", "last"), [(6, "f5"), (7, "and 2 kinds more")])
def test_of_many_kinds_the_first_are_named(kinds: int, last: str) -> None:
    stack = {"resource": {f"aws_f{it}": {"it": resource("a")} for it in range(kinds)}}

    assert f">{last}</text>\n</svg>" in draw(stack)
