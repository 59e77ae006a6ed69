"""All rows, and what the review says of one."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from ferry.review import PlanError, read_plan, review
from tests.unit.ferry.review.held import (
    aurora,
    beside,
    deaf,
    dms,
    dynamic,
    everyday,
    first,
    first_held,
    first_needs,
    first_network,
    first_places,
    first_reach,
    first_secrets,
    first_statements,
    first_tasks,
    found,
    hidden,
    keys,
    less,
    limits,
    loads,
    mixed,
    more,
    network,
    one_thing,
    other_names,
    others,
    outputs,
    read_by_all,
    refused,
    stories,
    subnet_groups,
    taken_back,
    taken_for_harmless,
    there_already,
    told_elsewhere,
    watching,
    ways,
    whole,
    wrong,
)
from tests.unit.ferry.review.held.base import ACCOUNTS, PROJECT, REGION, refreshed
from tests.unit.ferry.review.held.edits import plan_text
from tests.unit.ferry.review.plans import BLOCKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from ferry.review import Review
    from tests.unit.ferry.review.held.base import Base
    from tests.unit.ferry.review.held.edits import Held

DANGEROUS: Final[tuple[Held, ...]] = (
    *aurora.ROWS,
    *dms.ROWS,
    *keys.ROWS,
    *network.ROWS,
    *watching.ROWS,
    *whole.ROWS,
    *hidden.ROWS,
    *others.ROWS,
    *outputs.ROWS,
    *mixed.ROWS,
    *first.DANGEROUS,
    *first.OF_ANOTHER_COMMIT,
    *dynamic.ROWS,
    *one_thing.ROWS,
    *first_needs.ROWS,
    *first_network.ROWS,
    *first_places.ROWS,
    *first_reach.ROWS,
    *first_secrets.ROWS,
    *first_statements.ROWS,
    *first_held.ROWS,
    *first_tasks.ROWS,
    *wrong.ROWS,
    *wrong.QUIET,
    *found.ROWS,
    *less.ROWS,
    *deaf.ROWS,
    *more.ROWS,
    *refused.ROWS,
    *stories.DANGEROUS,
    *taken_back.DANGEROUS,
    *taken_for_harmless.ROWS,
    *limits.ROWS,
    *beside.ROWS,
    *other_names.ROWS,
    *there_already.ROWS,
    *ways.ROWS,
    *read_by_all.ROWS,
    *loads.ROWS,
    *subnet_groups.ROWS,
    *told_elsewhere.ROWS,
)
EVERYDAY: Final[tuple[Held, ...]] = (
    *everyday.ROWS,
    *first.ROWS,
    *first_places.FINE,
    *first_reach.FINE,
    *first_statements.FINE,
    *first_held.FINE,
    *outputs.EVERYDAY,
    *stories.EVERYDAY,
    *taken_back.EVERYDAY,
    *there_already.EVERYDAY,
    *ways.FINE,
    *loads.FINE,
    *subnet_groups.FINE,
    *told_elsewhere.FINE,
)
ROWS: Final = (*DANGEROUS, *EVERYDAY)


SECRET: Final = tuple(it for it in DANGEROUS if it.secret)
CRASH: Final = -1
"""No verdict: the review broke. Its command ends with 3 then, and calls it a fault of its own."""


def judged(held: Held, begin: Callable[[], Base] = refreshed) -> Review:
    """The review of an edit, under the guardrails that hold by default.

    Args:
        held: The edit.
        begin: How the environment is there before; by default as Terraform has it once it has looked.

    Raises:
        PlanError: The plan cannot be read.
    """
    plan = read_plan(
        plan_text(held, begin),
        stack_text=held.stack_text,
        account_id=ACCOUNTS[held.environment],
        region=REGION,
        environment=held.environment,
        project=PROJECT,
    )
    return review(plan, environment=held.environment, block=BLOCKING)


def verdict(held: Held, begin: Callable[[], Base] = refreshed) -> int:
    """The exit status that ferry review ends with."""
    try:
        return judged(held, begin).exit_code
    except PlanError:
        return 3
    except Exception:  # noqa: BLE001 - a crash of one row is shown as that row's
        return CRASH


_BY_NAME: Final = {it.name: it for it in ROWS}


@cache
def verdict_of(name: str) -> int:
    """The exit status of a row, which is found out once in a process."""
    return verdict(_BY_NAME[name])
