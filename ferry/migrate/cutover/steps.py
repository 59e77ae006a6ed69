"""The steps of a cutover, in their order. Pure.

The order is the one by which no row was lost when it was killed at every step: the source is closed
before the last marker is written, so that nothing is behind it; what would feed the way back is made
before Aurora takes the first row; and where writing goes on changes at one step, the point of no return.

What would refuse DMS's rows is made after that point: where a run ends before it, however it ends, DMS goes
on. That it can be made is seen before, in a transaction that is rolled back.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from settings.cutover import Cutover

if TYPE_CHECKING:
    from collections.abc import Callable

    from settings.environment import Environment


class Stage(StrEnum):
    """When a step is done. The value is what is shown."""

    BEFORE = "before the window"
    WINDOW = "within the window: writers are kept out"
    AFTER = "after the window"


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A step of a cutover.

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
"""The name of the step before which the source is opened again where anything fails."""


REVERSE_SLOT: Final = "reverse-slot"
"""The name of the step that makes what the way back reads, before Aurora takes the first row."""


def _of(environment: Environment) -> Cutover:
    return environment.cutover or Cutover()


def _goes_back(environment: Environment) -> bool:
    return environment.dms is not None and environment.dms.rollback


_THAW: Final = "the source gets its rights back"

STEPS: Final[tuple[Step, ...]] = (
    Step(
        name="gate",
        stage=Stage.BEFORE,
        what="judge all of the above again",
        ready="the environment's name is typed",
        undo="nothing is changed",
    ),
    Step(
        name="save",
        stage=Stage.BEFORE,
        what="keep the source's rights in the journal and a thaw script",
        ready="nothing is blocked",
        undo="nothing is changed",
    ),
    Step(
        name="before-freeze",
        stage=Stage.BEFORE,
        what="run hooks.before_freeze",
        ready="the rights are kept",
        undo="hooks.on_failure",
        is_wanted=lambda environment: bool(_of(environment).hooks.before_freeze),
    ),
    Step(
        name="freeze",
        stage=Stage.WINDOW,
        what="close the source to all but ferry and DMS, end sessions",
        ready="the rights are kept",
        undo=_THAW,
    ),
    Step(
        name="silence",
        stage=Stage.WINDOW,
        what="see twice that nothing is written at the source",
        ready="no session is left",
        undo=_THAW,
    ),
    Step(
        name="fence",
        stage=Stage.WINDOW,
        what="see the last marker of each task arrive at Aurora",
        ready="the source is silent",
        undo=_THAW,
    ),
    Step(
        name="verify",
        stage=Stage.WINDOW,
        what="compare the rows that were written since the last time",
        ready="all markers are there",
        undo=_THAW,
    ),
    Step(
        name="sequences",
        stage=Stage.WINDOW,
        what="raise Aurora's sequences to the source's values",
        ready="the rows are the same",
        undo="as above; higher values do no harm",
    ),
    Step(
        name="try-left-over",
        stage=Stage.WINDOW,
        what="try what waits, and undo it: GENERATED ALWAYS, triggers",
        ready="the rows are the same",
        undo="as above; nothing of it stays",
    ),
    Step(
        name=REVERSE_SLOT,
        stage=Stage.WINDOW,
        what="make the way back's replication slots on Aurora",
        ready="the rows are the same",
        undo="as above, and they are dropped",
        is_wanted=_goes_back,
    ),
    Step(
        name=POINT,
        stage=Stage.WINDOW,
        what="write 'switching' to the journal and to both databases",
        ready="all above is done in max_outage_seconds",
    ),
    Step(
        name="left-over",
        stage=Stage.WINDOW,
        what="make what was tried: nothing is carried any more",
        ready="'switching' is written",
    ),
    Step(
        name="switch-secrets",
        stage=Stage.WINDOW,
        what="make the next version of the secrets the current one",
        ready="'switching' is written",
        is_wanted=lambda environment: bool(_of(environment).application_secret_arns),
    ),
    Step(
        name="switch-dns",
        stage=Stage.WINDOW,
        what="lead the DNS record to Aurora, and wait until it does",
        ready="'switching' is written",
        is_wanted=lambda environment: _of(environment).dns is not None,
    ),
    Step(
        name="switch-hook",
        stage=Stage.WINDOW,
        what="run hooks.switch",
        ready="'switching' is written",
        is_wanted=lambda environment: bool(_of(environment).hooks.switch),
    ),
    Step(
        name="unfreeze",
        stage=Stage.WINDOW,
        what="open Aurora to those who could connect to the source",
        ready="the applications are led to Aurora",
    ),
    Step(
        name="after-switch",
        stage=Stage.AFTER,
        what="run hooks.after_switch",
        ready="Aurora is open",
        is_wanted=lambda environment: bool(_of(environment).hooks.after_switch),
    ),
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
"""The table, in the order of the steps."""


def steps(environment: Environment) -> list[Step]:
    """The steps of an environment's cutover."""
    return [step for step in STEPS if step.is_wanted(environment)]
