"""What is to be done at Aurora, as decided and not yet done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ferry.findings import Finding


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """Statements that happen together or not at all.

    Args:
        what: What is made or changed, such as `TABLE public.orders`.
        sql: The statements.
        number: The entry that they make, by which other steps need it; 0 for none.
        needs: The entries that have to be there.
        rows_checked: Whether it reads rows, and so may take long.
        constraint: Schema, table and name of the foreign key whose rows it checks; empty for none.
        undo: What takes it away again, of what is made within the window; empty for nothing.
    """

    what: str
    sql: str
    number: int = 0
    needs: tuple[int, ...] = ()
    rows_checked: bool = False
    constraint: tuple[str, str, str] | None = None
    undo: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Orders:
    """What a phase does with one database.

    Args:
        steps: What is to be done, in this order.
        findings: What stops it, and what somebody should look at.
        said: What is not carried or is otherwise, a line each.
        there: How many objects are there already, as they should be.
    """

    steps: tuple[Step, ...] = ()
    findings: tuple[Finding, ...] = ()
    said: tuple[str, ...] = ()
    there: int = 0
