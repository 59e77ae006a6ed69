"""A part of a catalog: its rows, or why they could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

Row = TypeVar("Row")


class UnreadError(Exception):
    """Something of a catalog is not known; whoever needs it cannot judge.

    Args:
        why: Why it could not be read, in whole sentences.
        remedy: How it can be read; empty where the reason says it.
    """

    def __init__(self, why: str, remedy: str = "") -> None:
        """Keep both apart, as a finding shows them."""
        super().__init__(why)
        self.why = why
        self.remedy = remedy


@dataclass(frozen=True)
class Part(Generic[Row]):
    """Rows of one kind.

    A part that could not be read raises where its rows are asked for, so that what was not seen is
    never taken for what is not there.

    Args:
        rows: The rows, in the order of their names.
        why: Why they could not be read; empty where they were.
        remedy: How they can be.
    """

    rows: tuple[Row, ...] = ()
    why: str = ""
    remedy: str = ""

    def __iter__(self) -> Iterator[Row]:
        """Its rows.

        Raises:
            UnreadError: They could not be read.
        """
        if self.why:
            raise UnreadError(self.why, self.remedy)
        return iter(self.rows)
