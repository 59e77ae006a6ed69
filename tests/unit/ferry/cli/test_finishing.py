"""What is dropped at the end of a migration is what was shown before somebody agreed to it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from ferry.cli import finish
from ferry.cli.printing import plain_console
from ferry.migrate.finish import running
from ferry.migrate.finish.gate import judge
from tests.unit.ferry.migrate.finish.test_gate import ALL
from tests.unit.ferry.migrate.finish.test_things import END, STATUS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ferry.migrate.finish.gate import Seen

MORE = replace(ALL, ends=(replace(END, relations=(STATUS,)),))


@dataclass
class Finishing:
    """A migration of which more is there at the first look than what was shown."""

    went: list[Seen] = field(default_factory=list)

    def see(self) -> Seen:
        """What is there now."""
        return MORE

    def go(self, seen: Seen, _: object, *, tell: Callable[[str], None]) -> None:
        """Do it."""
        self.went.append(seen)
        tell("dropped")


@pytest.mark.parametrize(("yes", "asked"), [(None, 2), ("dev", 0)])
def test_what_has_come_meanwhile_is_shown_before_it_is_dropped(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    yes: str | None,
    asked: int,
) -> None:
    finishing, questions = Finishing(), list[str]()

    @contextmanager
    def opened(*_: object) -> Iterator[Finishing]:
        yield finishing

    monkeypatch.setattr(running, "opened", opened)
    monkeypatch.setattr(finish, "ask_for", lambda _, warning: questions.append(warning))
    monkeypatch.setattr(finish, "by_whom", lambda *_, **__: {})
    ways: Any = SimpleNamespace(
        deployment=SimpleNamespace(environment=SimpleNamespace(name="dev")), of_database=None
    )

    vars(finish)["_go"](plain_console(), "Whether", ways, list(judge(ALL)), ALL, yes=yes)

    assert questions == ["Nobody goes back after this."] * asked
    assert finishing.went == [MORE]
    said = capsys.readouterr().out
    assert said.count("Since it was shown more has come") == 1
    assert said.index("DROP TABLE awsdms_control.awsdms_status;") < said.index("dropped\n")
