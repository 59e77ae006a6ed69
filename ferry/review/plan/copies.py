"""Finds copies of sensitive values at places that Terraform does not mark."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from ferry.review.plan.redacting import names_a_secret
from ferry.review.plan.values import Hidden, Json, marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SHORTEST: Final = 8
"""Characters that a sensitive text must have for its copies to be hidden: shorter ones, such as
"true" or "5432", stand in many places and mean something else there."""


class Copies:
    """Hides every text that holds one of some sensitive texts.

    Args:
        texts: The sensitive texts; those shorter than SHORTEST are left alone.
    """

    __slots__ = ("_by_start", "_known")

    def __init__(self, texts: Iterable[str]) -> None:
        self._by_start: dict[str, set[str]] = {}
        self._known: dict[str, bool] = {}
        for text in texts:
            for form in {text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}:
                if len(form) >= SHORTEST:
                    self._by_start.setdefault(form[:SHORTEST], set()).add(form)

    def __bool__(self) -> bool:
        return bool(self._by_start)

    def in_text(self, text: str) -> bool:
        """Whether a text holds one of them. Takes as long as the text, however many there are."""
        known = self._known.get(text)
        if known is None:  # a plan repeats its texts: names, ARNs, tags
            known = self._known[text] = self._searched(text)
        return known

    def _searched(self, text: str) -> bool:
        starts = self._by_start
        return any(
            text.startswith(form, at)
            for at in range(len(text) - SHORTEST + 1)
            if (start := text[at : at + SHORTEST]) in starts
            for form in starts[start]
        )

    def replaced(self, text: str) -> str:
        """A text with marks in their places, so that what stands around them can be read."""
        if not self.in_text(text):
            return text
        parts, done = [], 0
        for start, end in self._found(text):
            parts += [text[done:start], Hidden(text[start:end]).mark]
            done = end
        return "".join([*parts, text[done:]])

    def _found(self, text: str) -> Iterator[tuple[int, int]]:
        """Where they stand, those that overlap as one."""
        begin = end = -1
        for at in range(len(text) - SHORTEST + 1):
            for form in self._by_start.get(text[at : at + SHORTEST], ()):
                if text.startswith(form, at):
                    if at > end > begin:
                        yield begin, end
                    begin = at if at > end else begin
                    end = max(end, at + len(form))
        if end > begin:
            yield begin, end

    def hidden(self, value: Json) -> Json:
        """A value with each text hidden that holds one of them; the value itself where none does.

        A text is hidden whole, so that a change of it can still be told. Of a name in an object
        only the copy is.
        """
        if isinstance(value, str):
            return Hidden(value) if self.in_text(value) else value
        if isinstance(value, dict):
            members = {self.replaced(key): self.hidden(item) for key, item in value.items()}
            same = all(members.get(key, self) is value[key] for key in value)
            return value if same else members
        if isinstance(value, list):
            items = [self.hidden(item) for item in value]
            same = all(new is old for new, old in zip(items, value, strict=True))
            return value if same else items
        return value


def sensitive_texts(value: Json, mask: Json) -> Iterator[str]:
    """The texts that a plan's ``*_sensitive`` mask marks, and the secrets inside of those."""
    if not marks(mask):
        return
    if isinstance(value, dict):
        masks = mask if isinstance(mask, dict) else dict.fromkeys(value, True)
        for key, item in value.items():
            yield from sensitive_texts(item, masks.get(key))
    elif isinstance(value, list):
        parts = mask if isinstance(mask, list) else [mask] * len(value)
        for item, part in zip(value, parts, strict=False):
            yield from sensitive_texts(item, part)
    elif isinstance(value, str):
        yield value
        yield from _named(_document(value))


def _document(text: str) -> Json:
    """What a text says that is a JSON object; None for others."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _named(value: Json, name: str = "") -> Iterator[str]:
    """The texts that bear the name of a secret."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _named(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from _named(item, name)
    elif isinstance(value, str) and name and names_a_secret(name):
        yield value


def texts_in_state(state: Json) -> Iterator[str]:
    """The sensitive texts of a plan's ``prior_state`` or ``planned_values``."""
    values = state.get("values", state) if isinstance(state, dict) else None
    if not isinstance(values, dict):
        return
    for output in _objects(values.get("outputs")):
        yield from sensitive_texts(output.get("value"), output.get("sensitive"))
    modules = [values.get("root_module")]
    while modules:
        module: Any = modules.pop()
        if not isinstance(module, dict):
            continue
        modules += _objects(module.get("child_modules"))
        for resource in _objects(module.get("resources")):
            yield from sensitive_texts(resource.get("values"), resource.get("sensitive_values"))


def _objects(part: Json) -> list[dict[str, Any]]:
    """The objects in a list or an object; none in what is neither."""
    items = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return [item for item in items if isinstance(item, dict)]
