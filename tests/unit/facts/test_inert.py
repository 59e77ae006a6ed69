"""Text of others, shown: it steers neither a terminal nor a workflow, and deceives nobody."""

import json
import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.inert import visible, visible_json, visible_lines

COMMANDS = ("::set-output name=x::y", "::add-mask::x", "::stop-commands::x", "##[add-mask]x")
PIECES = st.sampled_from(
    ["::", "set-output", " name=x", "##[", "#", "]", "\x1b[2J", "\r", "\u202e", "\u00a0", "a", " "]
)
LETTERS = st.sampled_from(
    ["e", "\u0301", "\u0338", "\u20dd", "\u0e47", "\u3164", "\ufe0f", "\u05d0", "\u0660", "1", " "]
)
TEXTS = (
    st.lists(PIECES, max_size=8).map("".join)
    | st.lists(LETTERS, max_size=12).map("".join)
    | st.text()
)

WITHOUT_INK = [
    *("\u00ad", "\u034f", "\u061c", "\u115f", "\u1160", "\u17b4", "\u17b5", "\u180b", "\u180c"),
    *("\u180d", "\u180e", "\u180f", "\u200b", "\u200d", "\u2060", "\u2065", "\u3164", "\ufe00"),
    *("\ufe0f", "\ufeff", "\uffa0", "\ufff8", "\U0001bca0", "\U0001d173", "\U000e0001"),
    *("\U000e0041", "\U000e0100", "\U000e01ef", "\U000e0fff", "\u2800", "\U0001d159"),
]
"""What Unicode says to draw without ink (Default_Ignorable_Code_Point), and two more."""

BLANKS = "\u00a0\u1680\u2000\u2003\u200a\u2028\u2029\u202f\u205f\u3000"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ä", "plain ä"),
        ("a\nb\tc\r", r"a\nb\tc\r"),
        ("\x1b\x9b\u202e\u2028\U000e0001", r"\u001b\u009b\u202e\u2028\U000e0001"),
        ("a\u3164b\ufe0f\u2800", r"a\u3164b\ufe0f\u2800"),
        ("a\u00a0b\u3000", r"a\u00a0b\u3000"),
        ("\u05d0b\u0627\u0661", r"\u05d0b\u0627\u0661"),
        (
            "cafe\u0301 vie\u0323\u0302t \u0e01\u0e34\u0e48",
            "cafe\u0301 vie\u0323\u0302t \u0e01\u0e34\u0e48",
        ),
        ("\u0338=\u0338 1\u0301", r"\u0338=\u0338 1\u0301"),
        ("a\u0336\u0301b\u20dd", r"a\u0336\u0301b\u20dd"),
        ("a" + 6 * "\u0301", "a\u0301\u0301\u0301\u0301" + 2 * r"\u0301"),
        ("Zoë Łódź 東京 \U0001f600 ₂", "Zoë Łódź 東京 \U0001f600 ₂"),
        ("::add-mask::x", r"\u003a:add-mask::x"),
        ("::Stop-COMMANDS::x", r"\u003a:Stop-COMMANDS::x"),
        ("  ::set-output name=x::y", r"  \u003a:set-output name=x::y"),
        ("a ##[add-mask]x ###[", r"a \u0023#[add-mask]x #\u0023#["),
        ("::/0, ::1, ::ffff:10.0.0.0/96, a::text", "::/0, ::1, ::ffff:10.0.0.0/96, a::text"),
    ],
)
def test_what_a_terminal_or_a_workflow_obeys_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize("character", [*WITHOUT_INK, *BLANKS], ids=ascii)
def test_what_has_no_ink_or_is_another_blank_is_written_out(character: str) -> None:
    assert visible(f"a{character}b").isascii()


def test_letters_figures_and_signs_that_run_from_the_left_are_shown_as_they_are() -> None:
    hidden = {*WITHOUT_INK, *BLANKS}
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        plain = unicodedata.category(character) in {"Lu", "Ll", "Nd", "Sc", "Pd"}
        if plain and unicodedata.bidirectional(character) not in {"R", "AL", "AN"}:
            assert visible(character) == character
            assert character not in hidden


def obeyed(line: str) -> bool:
    """Whether GitHub's runner could find a command in a line of a log."""
    return bool(re.match(r"\s*::[a-z-]+( [^\n]*)?::", line)) or "##[" in line


HEAPED = r"(^|-)M|M{5}|X"


def drawn(character: str) -> str:
    """How a character is drawn: as a letter, a mark on it, a mark across it, or otherwise."""
    if unicodedata.category(character)[0] == "L":
        return "L"
    if unicodedata.category(character) == "Me" or unicodedata.combining(character) == 1:
        return "X"
    return "M" if unicodedata.category(character)[0] == "M" else "-"


@given(TEXTS)
def test_nothing_of_any_text_is_obeyed_or_deceives(text: str) -> None:
    shown = visible(text)

    assert shown.isprintable()
    assert set(shown).isdisjoint([*WITHOUT_INK, *BLANKS])
    assert {unicodedata.bidirectional(it) for it in shown}.isdisjoint({"R", "AL", "AN"})
    assert not re.search(HEAPED, "".join(map(drawn, shown)))
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
