"""The environment's name is typed before writers are kept out, or a way back is given up."""

import pytest
import typer

from ferry.cli.cutover import ask_for
from ferry.cli.printing import failures_shown


def typed(monkeypatch: pytest.MonkeyPatch, text: str, *, at_terminal: bool = True) -> int:
    """What the command ends with where somebody types a text."""
    monkeypatch.setattr("ferry.cli.secret.at_terminal", lambda: at_terminal)
    monkeypatch.setattr(typer, "prompt", lambda _: text)
    try:
        with failures_shown():
            ask_for("dev", "Writers will be kept out.")
    except typer.Exit as ended:
        return ended.exit_code
    return 0


def test_the_name_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(monkeypatch, "dev") == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("text", ["de", "dev-x", "y", "my-password"])
def test_another_word_ends_it_with_a_line_that_does_not_repeat_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    assert typed(monkeypatch, text) == 130
    said = capsys.readouterr().err
    assert said == "That is not the environment's name, dev: nothing was begun.\n"


def test_where_nobody_can_be_asked_it_says_what_to_add(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(monkeypatch, "dev", at_terminal=False) == 2
    assert "add --yes dev." in capsys.readouterr().err
