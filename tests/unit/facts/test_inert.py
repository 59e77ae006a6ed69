"""Text of others, shown: it steers neither a terminal nor a workflow."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.inert import visible, visible_json, visible_lines

COMMANDS = ("::set-output name=x::y", "::add-mask::x", "::stop-commands::x", "##[add-mask]x")
PIECES = st.sampled_from(
    ["::", "set-output", " name=x", "##[", "#", "]", "\x1b[2J", "\r", "\u202e", "\u00a0", "a", " "]
)
TEXTS = st.lists(PIECES, max_size=8).map("".join) | st.text()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ä", "plain ä"),
        ("a\nb\tc\r", r"a\nb\tc\r"),
        ("\x1b\x9b\u202e\u2028\U000e0001", r"\u001b\u009b\u202e\u2028\U000e0001"),
        ("::add-mask::x", r"\u003a:add-mask::x"),
        ("::Stop-COMMANDS::x", r"\u003a:Stop-COMMANDS::x"),
        ("  ::set-output name=x::y", r"  \u003a:set-output name=x::y"),
        ("a ##[add-mask]x ###[", r"a \u0023#[add-mask]x #\u0023#["),
        ("::/0, ::1, ::ffff:10.0.0.0/96, a::text", "::/0, ::1, ::ffff:10.0.0.0/96, a::text"),
    ],
)
def test_what_a_terminal_or_a_workflow_obeys_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


def obeyed(line: str) -> bool:
    """Whether GitHub's runner could find a command in a line of a log."""
    return bool(re.match(r"\s*::[a-z-]+( [^\n]*)?::", line)) or "##[" in line


@given(TEXTS)
def test_nothing_of_any_text_is_obeyed(text: str) -> None:
    shown = visible(text)

    assert shown.isprintable()
    assert not obeyed(shown)
    assert visible(shown) == shown


@pytest.mark.parametrize("command", COMMANDS)
def test_lines_stay_lines_and_none_is_a_command(command: str) -> None:
    first, second = visible_lines(f"two\n{command}").split("\n")

    assert first == "two"
    assert obeyed(command)
    assert not obeyed(second)


@given(TEXTS)
def test_json_means_what_it_meant_and_is_not_obeyed(text: str) -> None:
    written = visible_json({text: [text]}, indent=1)

    assert json.loads(written) == {text: [text]}
    assert not any(map(obeyed, written.splitlines()))
