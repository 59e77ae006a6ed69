"""A Terraform plan as the review sees it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar

from ferry.errors import FerryError
from ferry.review.plan.configuration import Configuration
from ferry.review.plan.differences import differences
from ferry.review.plan.shown import HIDDEN, Masker, Shown, joined
from ferry.review.plan.values import UNKNOWN, Json, same
from ferry.review.plan.whole import Identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from ferry.review.plan.differences import Difference
    from ferry.review.plan.references import References
    from ferry.review.plan.whole import Check, Unread

_KEYS: Final = re.compile(r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]')

Answer = TypeVar("Answer")


class PlanError(FerryError):
    """The plan, or the stack beside it, cannot be read."""


class Action(StrEnum):
    """What Terraform will do with a resource, in the report's words."""

    NO_OP = "leave"
    READ = "read"
    CREATE = "create"
    UPDATE = "change"
    DELETE = "destroy"
    REPLACE = "replace"
    FORGET = "forget"
    OTHER = "unknown action"


ACTIONS: Final = {
    ("no-op",): Action.NO_OP,
    ("read",): Action.READ,
    ("create",): Action.CREATE,
    ("update",): Action.UPDATE,
    ("delete",): Action.DELETE,
    ("delete", "create"): Action.REPLACE,
    ("create", "delete"): Action.REPLACE,
    ("forget",): Action.FORGET,
}
"""Terraform's ``actions``. Source: https://developer.hashicorp.com/terraform/internals/json-format"""

COMING: Final = frozenset({Action.CREATE, Action.REPLACE})
"""What makes something new."""

STAYING: Final = COMING | {Action.NO_OP, Action.UPDATE}
"""What leaves something there after apply."""


class Group:
    """What stands at one address without a key, however many instances it has.

    Each instance that refers to the address asks about all of them: they are walked once.
    """

    def __init__(self, changes: Sequence[Change]) -> None:
        self._changes = changes
        self.types: Final = frozenset(it.type for it in changes)
        self.actions: Final = Counter(it.action for it in changes)
        self.managed: Final = all(it.managed for it in changes)

    @cached_property
    def values(self) -> frozenset[str | float]:
        """The texts and numbers that are attributes of one of them after apply."""
        return frozenset(
            value
            for it in self._changes
            for value in it.after.values()
            if isinstance(value, str | int | float)
        )


class Neighbours(dict[str, list["Change"]]):
    """All that stands in a plan, by address without a key."""

    def __init__(self, changes: Mapping[str, list[Change]] | None = None) -> None:
        super().__init__(changes or {})
        self._answers: dict[Callable[[Neighbours], Any], Any] = {}
        self._groups: dict[str, Group] = {}

    def of(self, *types: str) -> Iterator[Change]:
        """The changes of some types."""
        return (it for group in self.values() for it in group if it.type in types)

    def at(self, addresses: Sequence[str]) -> list[Group | None]:
        """What stands at each of some addresses without a key; None where nothing does."""
        for address in addresses:
            if address in self and address not in self._groups:
                self._groups[address] = Group(self[address])
        return [self._groups.get(it) for it in addresses]

    def once(self, ask: Callable[[Neighbours], Answer]) -> Answer:
        """The answer of a function, which is asked once for a plan."""
        if ask not in self._answers:
            self._answers[ask] = ask(self)
        answer: Answer = self._answers[ask]
        return answer


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What Terraform will do with one resource.

    It holds the real values, by which it is judged. What a report may say of them comes from
    `shown_before`, `shown_after`, `shown_sides` and `shown`.

    Args:
        address: Terraform's address.
        type: The resource's type, such as ``aws_rds_cluster``.
        action: What Terraform will do.
        made_first: Whether a replacement makes the new one before the old one goes.
        before: The attributes as they are; empty for a resource that is made.
        after: The attributes as they will be, UNKNOWN where only AWS will say; empty for one that
            goes.
        mask: Which attributes are sensitive, as the plan says it; None for none.
        replace_paths: The attributes that make Terraform replace it.
        reason: Terraform's ``action_reason``; empty where there is none.
        managed: False for a data source.
        previous_address: The address it had; empty unless it moves.
        imported: Whether it is taken into the state from AWS.
        deposed: Whether it is what an earlier replacement left over.
        path: The construct's path; empty where it is not known.
        references: The addresses that each configured attribute refers to, by the plan's
            configuration; an attribute that is left out is absent. None where the plan has none of
            this resource.
        neighbours: All that stands in the same plan, itself included, by address without a key.
        provider: The provider's address in a registry; empty where the plan does not tell.
        only_marks: Whether nothing changes but what is marked as sensitive.
        unmarked: The attributes in which a text was marked as sensitive and no longer is.
        masker: What makes texts of the plan that may be shown.
    """

    address: str
    type: str
    action: Action
    made_first: bool = False
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    mask: Json = None
    replace_paths: Sequence[str] = ()
    reason: str = ""
    managed: bool = True
    previous_address: str = ""
    imported: bool = False
    deposed: bool = False
    path: str = ""
    references: Mapping[str, Sequence[str]] | None = None
    neighbours: Neighbours = field(default_factory=Neighbours, repr=False, compare=False)
    provider: str = ""
    only_marks: bool = False
    unmarked: Sequence[str] = ()
    masker: Masker = field(default_factory=Masker, compare=False, repr=False)

    @property
    def place(self) -> str:
        """The construct's path, or the address where that is not known."""
        return self.path or self.address

    def changed(self) -> list[str]:
        """The attributes that differ; all that say anything where there is no before."""
        before, after = self.before, self.after
        names = [*before, *(name for name in after if name not in before)]
        return [name for name in names if not same(before.get(name), after.get(name))]

    @property
    def shown_place(self) -> Shown:
        """The place as it may be shown."""
        return self.masker.text(self.place)

    @property
    def shown_address(self) -> Shown:
        """Terraform's address as it may be shown."""
        return self.masker.text(self.address)

    def shown_before(self, attribute: str) -> Shown:
        """What an attribute is, as a sentence may say it."""
        return self.masker.brief(
            self.before.get(attribute), self._mask_of(attribute), name=attribute
        )

    def shown_after(self, attribute: str) -> Shown:
        """What an attribute will be, as a sentence may say it."""
        return self.masker.brief(
            self.after.get(attribute), self._mask_of(attribute), name=attribute
        )

    def shown_sides(self, attribute: str) -> dict[str, Shown]:
        """What an attribute is and will be, for a sentence with ``{before}`` and ``{after}``."""
        before, after = self.before.get(attribute), self.after.get(attribute)
        both = self.masker.sides(before, after, self._mask_of(attribute), name=attribute)
        return dict(zip(("before", "after"), both, strict=True))

    def shown(self, text: str, *attributes: str) -> Shown:
        """A text that was made of the values of attributes, as it may be shown.

        Of one in which anything is sensitive, on either side, nothing is shown.
        """
        return HIDDEN if self._hides(*attributes) else self.masker.text(text)

    def shown_all(self, texts: Iterable[str], *attributes: str) -> Shown:
        """Texts that were made of the values of attributes, with commas, as they may be shown."""
        if self._hides(*attributes):
            return joined(HIDDEN for _ in texts)
        return joined(self.masker.text(text) for text in texts)

    def _hides(self, *attributes: str) -> bool:
        # Loops: it is asked for each text of a plan's policies.
        for side in (self.before, self.after):
            for it in attributes:
                value = side.get(it)
                if value is not None and self.masker.is_sensitive(
                    value, self._mask_of(it), name=it
                ):
                    return True
        return False

    def hidden_before(self, attribute: str) -> Json:
        """What an attribute is, with all that is sensitive hidden in it."""
        return self.masker.hidden(
            self.before.get(attribute), self._mask_of(attribute), name=attribute
        )

    def hidden_after(self, attribute: str) -> Json:
        """What an attribute will be, with all that is sensitive hidden in it."""
        return self.masker.hidden(
            self.after.get(attribute), self._mask_of(attribute), name=attribute
        )

    def _mask_of(self, attribute: str) -> Json:
        return self.mask.get(attribute) if isinstance(self.mask, dict) else self.mask

    def differences(self) -> Iterator[Difference]:
        """Every place at which the resource will differ, with all that is sensitive hidden."""
        for name in self.changed():
            yield from differences(name, self.hidden_before(name), self.hidden_after(name))

    def changes(self, attribute: str) -> bool:
        """Whether an attribute differs."""
        return not same(self.before.get(attribute), self.after.get(attribute))

    @property
    def goes(self) -> bool:
        """Whether what exists now is destroyed."""
        return self.action in {Action.DELETE, Action.REPLACE}

    @property
    def comes(self) -> bool:
        """Whether something new is made."""
        return self.action in COMING

    @property
    def stays(self) -> bool:
        """Whether it will be there after apply."""
        return self.action in STAYING


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A plan.

    Args:
        changes: Every managed resource, those that stay as they are included.
        drift: What was changed outside Terraform since its last run.
        outputs: The outputs that change, by name, each the only attribute of a change.
        open_outputs: The outputs in which something was sensitive and no longer is, or bears the name
            of a secret and is not.
        unread: What beside the changes cannot be judged.
        checks: Terraform's own checks that did not pass.
        identity: Whose it is.
        configuration: What its configuration says of how it is applied.
        stack: The stack's configuration by address, from ``cdk.tf.json``; empty where not given.
        account_id: The environment's own account; empty where not known.
        region: The environment's own region, or the one that the plan tells; empty where neither is known.
        project: What the names of every environment begin with; empty where not known.
        prefix: What the environment's names begin with; empty where not known.
        found: Whether its changes are what was found changed outside Terraform, which happened, and
            not what Terraform will do.
        masker: What makes texts of the plan that may be shown.
    """

    changes: Sequence[Change]
    drift: Sequence[Change] = ()
    outputs: Mapping[str, Change] = field(default_factory=dict)
    open_outputs: Sequence[str] = ()
    unread: Sequence[Unread] = ()
    checks: Sequence[Check] = ()
    identity: Identity = field(default_factory=Identity)
    configuration: Configuration = field(default_factory=Configuration)
    stack: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    account_id: str = ""
    region: str = ""
    project: str = ""
    prefix: str = ""
    found: bool = False
    masker: Masker = field(default_factory=Masker)
    _answers: dict[Callable[[Plan], Any], Any] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def once(self, ask: Callable[[Plan], Answer]) -> Answer:
        """The answer of a function, which is asked once for a plan."""
        if ask not in self._answers:
            self._answers[ask] = ask(self)
        answer: Answer = self._answers[ask]
        return answer

    @cached_property
    def by_type(self) -> Mapping[str, Sequence[Change]]:
        """The changes of each type of resource."""
        found: dict[str, list[Change]] = {}
        for change in self.changes:
            found.setdefault(change.type, []).append(change)
        return found

    @cached_property
    def deleted_outside(self) -> frozenset[str]:
        """The addresses of what was deleted outside Terraform."""
        return frozenset(it.address for it in self.drift if it.action is Action.DELETE)

    def of(self, *types: str) -> list[Change]:
        """The changes of some types."""
        return [change for type_ in types for change in self.by_type.get(type_, ())]

    def configured(self, change: Change, attribute: str) -> Json:
        """What the stack says where the plan does not know it yet; UNKNOWN without a stack."""
        after = change.after.get(attribute)
        if after is not UNKNOWN:
            return after
        return self.stack.get(without_key(change.address), {}).get(attribute, UNKNOWN)


def without_key(address: str) -> str:
    """An address without the key of ``count`` or ``for_each``."""
    if not address.endswith("]"):
        return address
    # A quote inside of a key is escaped, so `["` begins one.
    start = address.rfind('["' if address.endswith('"]') else "[")
    return address[:start] if start > 0 else address


def without_keys(address: str) -> str:
    """An address as the configuration has it: without the keys of the resource and its modules."""
    return _KEYS.sub("", address)


def among_others(changes: Sequence[Change], configuration: References | None) -> Sequence[Change]:
    """Tell changes what each refers to, and the others that the plan has.

    Nobody has looked at them yet: they have just been read, and are not made a second time for it.
    """
    neighbours = Neighbours()
    for change in changes:
        address = without_key(change.address)
        refers_to = configuration.get(address) if configuration is not None else None
        object.__setattr__(change, "references", refers_to)
        object.__setattr__(change, "neighbours", neighbours)
        neighbours.setdefault(address, []).append(change)
    return changes
