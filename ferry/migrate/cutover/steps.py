"""The steps of a cutover and of a rollback, in their order. Pure.

Both are the same with the sides in each other's place. The order is the one by which no row was lost when it
was killed at every step: the side where applications write is closed before the last marker is written, so
that nothing is behind it; what feeds the way back is made before the other side takes the first row; and
where writing goes on changes at one step, the point of no return.

What would refuse DMS's rows is made after that point: where a run ends before it, however it ends, DMS goes
on. That it can be made is seen before, in a transaction that is rolled back.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from ferry.migrate.ways import Direction
from settings.cutover import Cutover

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from settings.environment import Environment


class Stage(StrEnum):
    """When a step is done. The value is what is shown."""

    BEFORE = "before the window"
    WINDOW = "within the window: writers are kept out"
    AFTER = "after the window"


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A step of a cutover or of a rollback.

    Args:
        name: Its name, kebab-case and stable.
        stage: When it is done.
        what: What it does.
        ready: When it may begin.
        undo: How it is undone; empty after the point of no return, where none is.
        is_wanted: Whether an environment has it.
    """

    name: str
    stage: Stage
    what: str
    ready: str
    undo: str = ""
    is_wanted: Callable[[Environment], bool] = lambda _: True


POINT: Final = "point-of-no-return"
"""The name of the step before which what was closed is opened again where anything fails."""

ASKING: Final = "gate"
SAVE: Final = "save"
VERIFY: Final = "verify"
SWITCH_SECRETS: Final = "switch-secrets"
SWITCH_DNS: Final = "switch-dns"
OPENING: Final = "unfreeze"
SWITCH_HOOK: Final = "switch-hook"
GIVE_UP: Final = "give-up"
OPEN_SOURCE: Final = "open-source"
"""The names of steps by which somebody else goes."""


SLOTS: Final = {Direction.FORWARD: "reverse-slot", Direction.BACK: "forward-slot"}
"""The name of the step that makes what the next way reads, before the other side takes the first row."""


def _of(environment: Environment) -> Cutover:
    return environment.cutover or Cutover()


def _goes_back(environment: Environment) -> bool:
    return environment.dms is not None and environment.dms.rollback


def _before(from_: str) -> Iterator[Step]:
    yield Step(
        name=ASKING,
        stage=Stage.BEFORE,
        what="judge all of the above again",
        ready="the environment's name is typed",
        undo="nothing is changed",
    )
    yield Step(
        name=SAVE,
        stage=Stage.BEFORE,
        what=f"keep {from_}'s rights in the journal and a thaw script",
        ready="nothing is blocked",
        undo="nothing is changed",
    )
    yield Step(
        name="before-freeze",
        stage=Stage.BEFORE,
        what="run hooks.before_freeze",
        ready="the rights are kept",
        undo="hooks.on_failure",
        is_wanted=lambda environment: bool(_of(environment).hooks.before_freeze),
    )


def _closing(direction: Direction) -> Iterator[Step]:
    (from_, to), at = direction.ends, direction.at[0]
    thaw = f"{from_} gets its rights back"
    yield Step(
        name="freeze",
        stage=Stage.WINDOW,
        what=f"close {from_} to all but ferry and DMS, end sessions",
        ready="the rights are kept",
        undo=thaw,
    )
    yield Step(
        name="silence",
        stage=Stage.WINDOW,
        what=f"see twice that nothing is written {at}",
        ready="no session is left",
        undo=thaw,
    )
    yield Step(
        name="fence",
        stage=Stage.WINDOW,
        what=f"see the last marker of each task arrive at {to}",
        ready=f"{from_} is silent",
        undo=thaw,
    )
    yield Step(
        name=VERIFY,
        stage=Stage.WINDOW,
        what="compare the rows that were written since the last time",
        ready="all markers are there",
        undo=thaw,
    )
    yield Step(
        name="sequences",
        stage=Stage.WINDOW,
        what=f"raise {to}'s sequences to {from_}'s values",
        ready="the rows are the same",
        undo="as above; higher values do no harm",
    )


def _switching(from_: str, to: str, *, is_back: bool) -> Iterator[Step]:
    yield Step(
        name=SWITCH_SECRETS,
        stage=Stage.WINDOW,
        what="make the version from before the cutover the current one"
        if is_back
        else "make the next version of the secrets the current one",
        ready="'switching' is written",
        is_wanted=lambda environment: bool(_of(environment).application_secret_arns),
    )
    yield Step(
        name=SWITCH_DNS,
        stage=Stage.WINDOW,
        what=f"lead the DNS record to {to}, and wait until it does",
        ready="'switching' is written",
        is_wanted=lambda environment: _of(environment).dns is not None,
    )
    yield Step(
        name=SWITCH_HOOK,
        stage=Stage.WINDOW,
        what="run hooks.switch",
        ready="'switching' is written",
        is_wanted=lambda environment: bool(_of(environment).hooks.switch),
    )
    yield Step(
        name=OPENING,
        stage=Stage.WINDOW,
        what="give the source its rights back, as they were kept"
        if is_back
        else f"open {to} to those who could connect to {from_}",
        ready=f"the applications are led to {to}",
    )
    yield Step(
        name="after-switch",
        stage=Stage.AFTER,
        what="run hooks.after_switch",
        ready=f"{to} is open",
        is_wanted=lambda environment: bool(_of(environment).hooks.after_switch),
    )


_POINT: Final = Step(
    name=POINT,
    stage=Stage.WINDOW,
    what="write 'switching' to the journal and to both databases",
    ready="all above is done in max_outage_seconds",
)

STEPS: Final[tuple[Step, ...]] = (
    *_before("the source"),
    *_closing(Direction.FORWARD),
    Step(
        name="try-left-over",
        stage=Stage.WINDOW,
        what="try what waits, and undo it: GENERATED ALWAYS, triggers",
        ready="the rows are the same",
        undo="as above; nothing of it stays",
    ),
    Step(
        name=SLOTS[Direction.FORWARD],
        stage=Stage.WINDOW,
        what="make the way back's replication slots on Aurora",
        ready="the rows are the same",
        undo="as above, and they are dropped",
        is_wanted=_goes_back,
    ),
    _POINT,
    Step(
        name="left-over",
        stage=Stage.WINDOW,
        what="make what was tried: nothing is carried any more",
        ready="'switching' is written",
    ),
    *_switching("the source", "Aurora", is_back=False),
    Step(
        name="stop-forward",
        stage=Stage.AFTER,
        what="stop the tasks, and wait until they have stopped",
        ready="Aurora is open",
    ),
    Step(
        name="start-reverse",
        stage=Stage.AFTER,
        what="start the tasks of the way back from their slots",
        ready="the tasks have stopped",
        is_wanted=_goes_back,
    ),
    Step(
        name="reverse-fence",
        stage=Stage.AFTER,
        what="see a marker arrive at the source: one can go back now",
        ready="the way back runs",
        is_wanted=_goes_back,
    ),
    Step(
        name="drop-slots",
        stage=Stage.AFTER,
        what="drop the tasks' replication slots at the source",
        ready="the tasks have stopped",
    ),
    Step(
        name="refresh",
        stage=Stage.AFTER,
        what="fill the materialized views, ANALYZE",
        ready="Aurora is open",
    ),
    Step(
        name="stragglers",
        stage=Stage.AFTER,
        what="name who still tries the old source, until nobody does",
        ready="Aurora is open",
    ),
)
"""The table of a cutover, in the order of the steps."""

STEPS_BACK: Final[tuple[Step, ...]] = (
    *_before("Aurora"),
    *_closing(Direction.BACK),
    Step(
        name=SLOTS[Direction.BACK],
        stage=Stage.WINDOW,
        what="make the slots for going forward again at the source",
        ready="the rows are the same",
        undo="as above, and they are dropped",
    ),
    _POINT,
    *_switching("Aurora", "the source", is_back=True),
    Step(
        name="stop-reverse",
        stage=Stage.AFTER,
        what="stop the tasks of the way back, and wait for that",
        ready="the source is open",
    ),
    Step(
        name="undo-left-over",
        stage=Stage.AFTER,
        what="take away in Aurora what the cutover made last",
        ready="the tasks of the way back have stopped",
    ),
    Step(
        name="start-forward",
        stage=Stage.AFTER,
        what="start the tasks that go forward again from their slots",
        ready="nothing in Aurora reacts to what they apply",
    ),
    Step(
        name="forward-fence",
        stage=Stage.AFTER,
        what="see a marker arrive at Aurora: it follows again",
        ready="the tasks that go forward again run",
    ),
    Step(
        name="drop-slots",
        stage=Stage.AFTER,
        what="drop the way back's replication slots on Aurora",
        ready="the tasks of the way back have stopped",
    ),
    Step(
        name="stragglers",
        stage=Stage.AFTER,
        what="name who still tries Aurora",
        ready="the source is open",
    ),
)
"""The table of a rollback, in the order of the steps."""


STEPS_TAKING_BACK: Final[tuple[Step, ...]] = (
    Step(
        name="close-aurora",
        stage=Stage.WINDOW,
        what="close Aurora to who owns it too, end sessions",
        ready="the environment's name is typed",
        undo="the cutover opens it",
    ),
    Step(
        name="compare",
        stage=Stage.WINDOW,
        what="see that all rows are the same: nobody wrote to Aurora",
        ready="nobody is connected to Aurora",
        undo="nothing is changed",
    ),
    Step(
        name=GIVE_UP,
        stage=Stage.WINDOW,
        what="write 'thawed' to the cutover's row in Aurora",
        ready="the rows are the same",
    ),
    Step(
        name="undo-left-over",
        stage=Stage.WINDOW,
        what="take away in Aurora what the cutover made last",
        ready="the cutover does not open Aurora any more",
    ),
    Step(
        name="secrets-back",
        stage=Stage.WINDOW,
        what="make the version from before the cutover the current one",
        ready="the cutover does not open Aurora any more",
        is_wanted=lambda environment: bool(_of(environment).application_secret_arns),
    ),
    Step(
        name="dns-back",
        stage=Stage.WINDOW,
        what="lead the DNS record to the source, and wait until it does",
        ready="the cutover does not open Aurora any more",
        is_wanted=lambda environment: _of(environment).dns is not None,
    ),
    Step(
        name="hook-back",
        stage=Stage.WINDOW,
        what="run hooks.switch, where the cutover ran it",
        ready="the cutover does not open Aurora any more",
        is_wanted=lambda environment: bool(_of(environment).hooks.switch),
    ),
    Step(
        name="drop-reverse-slots",
        stage=Stage.WINDOW,
        what="drop the way back's replication slots on Aurora",
        ready="the cutover does not open Aurora any more",
        is_wanted=_goes_back,
    ),
    Step(
        name=OPEN_SOURCE,
        stage=Stage.WINDOW,
        what="give the source its rights back, as they were kept",
        ready="the applications are led to the source",
    ),
    Step(
        name="hook-after-back",
        stage=Stage.AFTER,
        what="run hooks.after_switch",
        ready="the source is open",
        is_wanted=lambda environment: bool(_of(environment).hooks.after_switch),
    ),
)
"""The table by which a cutover is taken back that has not opened Aurora, in the order of the steps."""


def steps(
    environment: Environment, direction: Direction = Direction.FORWARD, *, takes_back: bool = False
) -> list[Step]:
    """The steps of an environment's cutover, or of its rollback.

    Args:
        environment: The environment.
        direction: Where changes are carried: forward before a cutover, back before a rollback.
        takes_back: Whether a rollback takes back a cutover that has not opened Aurora.
    """
    table = STEPS if direction is Direction.FORWARD else STEPS_BACK
    return [
        step for step in (STEPS_TAKING_BACK if takes_back else table) if step.is_wanted(environment)
    ]
