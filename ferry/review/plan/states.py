"""A plan's states, as far as the review needs them: what is sensitive in them, and what there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ferry.review.plan.copies import texts_in_state
from ferry.review.plan.objects import members, objects

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ferry.review.plan.values import Json


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """What a plan's ``prior_state`` or ``planned_values`` says.

    Args:
        texts: The sensitive texts.
        addresses: The managed resources.
        changes: The same as changes of nothing, where they were asked for.
    """

    texts: Sequence[str] = ()
    addresses: Sequence[str] = ()
    changes: Sequence[dict[str, Any]] = ()


def state(part: Json, *, whole: bool) -> State:
    """Read a state.

    Args:
        part: The state.
        whole: Whether the resources are needed too, and not their addresses alone.
    """
    managed = [
        it
        for it in _resources(part)
        if it.get("mode") == "managed" and isinstance(it.get("address"), str)
    ]
    return State(
        texts=list(texts_in_state(part)),
        addresses=[it["address"] for it in managed],
        changes=[
            {
                **{name: it.get(name) for name in ("address", "mode", "name", "provider_name")},
                "type": str(it.get("type")),
                "deposed": it.get("deposed_key"),
                "change": {
                    "actions": ["no-op"],
                    "before": it.get("values"),
                    "after": it.get("values"),
                    "before_sensitive": it.get("sensitive_values"),
                    "after_sensitive": it.get("sensitive_values"),
                },
            }
            for it in (managed if whole else ())
        ],
    )


def _resources(part: Json) -> Iterator[dict[str, Any]]:
    modules = [members(members(part).get("values", part)).get("root_module")]
    while modules:
        module = members(modules.pop())
        modules += objects(module.get("child_modules"))
        yield from objects(module.get("resources"))
