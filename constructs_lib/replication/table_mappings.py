"""A task's table mappings, as the JSON that DMS takes and gives back."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.replication.table_rules import (
    SelectionAction,
    TableLobMode,
    TransformationTarget,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from constructs_lib.replication.table_rules import Selection, TableSettings, Transformation

_RULE_IDS = 10**9


@dataclass(frozen=True, kw_only=True, slots=True)
class TableMappings:
    """The tables of one task.

    A rule's number and name follow from the tables it is about, so that a rule that is added,
    removed or moved leaves all others as they are, and a plan shows what changed and no more. Source:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.html

    Args:
        selections: Which tables; at least one that includes some.
        transformations: Names that differ at the target; none by default.
        table_settings: What single tables need; none by default.

    Raises:
        ValueError: Nothing is included, a rule is given twice, or two rules contradict each other.
    """

    selections: Sequence[Selection]
    transformations: Sequence[Transformation] = ()
    table_settings: Sequence[TableSettings] = ()

    def __post_init__(self) -> None:
        if all(rule.action is SelectionAction.EXCLUDE for rule in self.selections):
            raise ValueError(
                f"{len(self.selections)} selections include no table; a task needs at least one "
                "that does. Add a selection with the action include."
            )
        _refuse_repeats(
            "more than one transformation of",
            (
                " ".join((rule.target, *rule.locator.values()))
                for rule in self.transformations
                if rule.target is not TransformationTarget.COLUMN
            ),
            "DMS applies one to a schema or table; put them into one rule",
        )
        _refuse_repeats(
            "more than one rule of settings for",
            (f"{rule.schema}.{rule.table}" for rule in self.table_settings),
            "DMS reads one; put parallel_load and lobs into one rule",
        )
        _refuse_repeats(
            "more than one rule that says",
            [rule.label for rule in self.selections]
            + [rule.label for rule in self.transformations],
            "Leave one out",
        )

    @property
    def unlimited_lob_tables(self) -> tuple[str, ...]:
        """The tables whose own LOB mode is unlimited, as ``schema.table``."""
        return tuple(
            f"{rule.schema}.{rule.table}"
            for rule in self.table_settings
            if rule.lobs is not None and rule.lobs.mode is TableLobMode.UNLIMITED
        )

    def to_json(self) -> str:
        """The mappings for DMS; equal rules in equal order give equal text."""
        rules: tuple[Selection | Transformation | TableSettings, ...] = (
            *self.selections,
            *self.transformations,
            *self.table_settings,
        )
        return json.dumps({"rules": [_numbered(rule) for rule in rules]}, sort_keys=True)


def _numbered(rule: Selection | Transformation | TableSettings) -> dict[str, object]:
    """The rule with an id and a name made from its label: letters, digits and hyphens, as DMS asks."""
    document = rule.document()
    digest = hashlib.sha256(rule.label.encode()).digest()
    rule_id = str(int.from_bytes(digest[:8], "big") % _RULE_IDS + 1)
    return {"rule-id": rule_id, "rule-name": f"{document['rule-type']}-{rule_id}", **document}


def _refuse_repeats(what: str, labels: Iterable[str], remedy: str) -> None:
    repeated = [label for label, count in Counter(labels).items() if count > 1]
    if repeated:
        raise ValueError(f"there is {what} {', '.join(repeated)}. {remedy}.")
