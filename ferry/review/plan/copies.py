"""Finds copies of sensitive values at places that Terraform does not mark."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote_plus

from ahocorasick_rs import BytesAhoCorasick, MatchKind

from ferry.redaction.redacting import secrets_in
from ferry.redaction.secret_names import (
    is_public,
    may_be_secret,
    names_a_secret,
    secret_told_by,
    tells_a_value,
)
from ferry.review.plan.objects import members, objects
from ferry.review.plan.values import Hidden, Json, marks, of_each, unmarked

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

SHORTEST: Final = 8
"""Characters that a sensitive text must have for its copies to be hidden: shorter ones, such as
"true" or "5432", stand in many places and mean something else there."""

_LONGEST: Final = 128
"""Characters of a text that are looked for: what has as many in common is its copy."""

_NESTED: Final = 4
"""How deep in JSON within JSON a copy is known."""

_ESCAPE: Final = re.compile(r"\\(?:([\"\\/bfnrt])|u(?P<code>[0-9A-Fa-f]{4}))")
_ESCAPES_IN_BYTES: Final = re.compile(_ESCAPE.pattern.encode())
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]{11,}")  # as many as SHORTEST bytes take
_ZEROS: Final = "AAAA"
_LETTERS: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class Copies:
    """Hides every text that holds one of some sensitive texts, as it is or encoded.

    All are looked for at the same time: a text takes as long as it is, however many they are.

    Args:
        texts: The sensitive texts; those shorter than SHORTEST are left alone, and so are the marks
            in a plan that was masked before.
    """

    __slots__ = ("_finder", "_known")

    def __init__(self, texts: Iterable[str]) -> None:
        wanted = {
            _bytes(text[:_LONGEST])
            for text in set(texts)
            if len(text) >= SHORTEST and unmarked(text) == text
        }
        self._known: dict[str, bool] = {}
        self._finder = (
            BytesAhoCorasick(wanted, matchkind=MatchKind.LeftmostLongest) if wanted else None
        )

    def __bool__(self) -> bool:
        return self._finder is not None

    def in_text(self, text: str) -> bool:
        """Whether a text holds one of them."""
        if self._finder is None or len(text) < SHORTEST:
            return False
        known = self._known.get(text)
        if known is None:  # a plan repeats its texts: names, ARNs, tags
            known = self._known[text] = any(
                map(self._finder.find_matches_as_indexes, _meanings(text))
            )
        return known

    def replaced(self, text: str) -> str:
        """A text with marks in their places, so that what stands around them can be read.

        Where it has them in other letters, such as JSON's, the whole text is replaced.
        """
        if self._finder is None or not self.in_text(text):
            return text
        whole, parts, done = _bytes(text), [], 0
        for _, start, end in self._finder.find_matches_as_indexes(whole):
            parts += [_text(whole[done:start]), Hidden(_text(whole[start:end])).mark]
            done = end
        shown = "".join([*parts, _text(whole[done:])])
        return Hidden(text).mark if not parts or self.in_text(shown) else shown

    def hidden(self, value: Json) -> Json:
        """A value with each text hidden that holds one of them; the value itself where none does.

        A text is hidden whole, so that a change of it can still be told. Of a name in an object
        only the copy is.
        """
        if self._finder is None:
            return value
        if isinstance(value, str):
            return Hidden(value) if self.in_text(value) else value
        if isinstance(value, dict):
            shown = {self.replaced(key): self.hidden(item) for key, item in value.items()}
            same = all(shown.get(key, self) is value[key] for key in value)
            return value if same else shown
        if isinstance(value, list):
            items = [self.hidden(item) for item in value]
            same = all(new is old for new, old in zip(items, value, strict=True))
            return value if same else items
        if isinstance(value, int | float) and self.in_text(str(value)):
            return Hidden(value)
        return value


def _meanings(text: str) -> Iterator[bytes]:
    """A text, and what it says to those who read JSON, JSON within JSON, a URL or base64."""
    yield _bytes(text)
    said = text
    for said in _unescaped(text):
        yield _bytes(said)
    if "%" in said:
        yield _bytes(unquote_plus(said))
    runs = _BASE64.findall(said.replace("-", "+").replace("_", "/"))  # as URLs write them
    for decoded in _decoded(dict.fromkeys(runs)):  # words of a text, which repeats them
        yield decoded
        if _ESCAPES_IN_BYTES.search(decoded):
            yield from map(_bytes, _unescaped(decoded.decode(errors="replace")))


def _unescaped(text: str) -> Iterator[str]:
    """What a text says that is JSON's, then what that says."""
    for _ in range(_NESTED):
        if not _ESCAPE.search(text):
            break
        text = _ESCAPE.sub(_letter, text)
        if not text.isascii():  # halves of a pair make one letter
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        yield text


def _decoded(runs: Collection[str]) -> Iterator[bytes]:
    """What letters of base64 say, wherever in each run of them it begins; zeros between the runs."""
    if not runs:
        return
    for begin in range(4):
        yield b64decode(
            "".join(f"{it[begin:]}{'A' * (-(len(it) - begin) % 4)}{_ZEROS}" for it in runs)
        )


def _letter(escape: re.Match[str]) -> str:
    return chr(int(escape["code"], 16)) if escape["code"] else _LETTERS.get(escape[1], escape[1])


def _bytes(text: str) -> bytes:
    """A text as bytes; a half of a pair of surrogates, which JSON may have, is one like others."""
    return text.encode(errors="surrogatepass")


def _text(part: bytes) -> str:
    return part.decode(errors="surrogatepass")


def sensitive_texts(value: Json, mask: Json) -> Iterator[str]:
    """The texts that a plan's ``*_sensitive`` mask marks, and the secrets inside of those."""
    if not marks(mask):
        return
    if isinstance(value, dict):
        whole = not isinstance(mask, dict)
        for key, item in value.items():
            if whole and not key.isidentifier():  # what is one is a name, not a secret
                yield key
            yield from sensitive_texts(item, whole or mask.get(key))
    elif isinstance(value, list):
        part = of_each(mask)
        for item in value:
            yield from sensitive_texts(item, part)
    elif isinstance(value, str):
        yield value
        yield from secrets_in(value)
        yield from _told(_document(value))
    elif isinstance(value, int | float):
        yield str(value)


def _document(text: str) -> Json:
    """What a text says that is JSON; None for others."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _told(value: Json, name: str = "", *, every: bool = True) -> Iterator[str]:
    """What a sensitive document holds, but under plainly public names; what stands in a list alone.

    Objects in a list are no credentials but documents of AWS's, such as a policy: of those only
    what bears the name of a secret is one.
    """
    if isinstance(value, dict):
        beside = secret_told_by(value)
        for key, item in value.items():
            told = beside if beside and tells_a_value(key) else key
            yield from _told(item, told, every=every)
    elif isinstance(value, list):
        for item in value:
            yield from _told(item, name or "password", every=every and not isinstance(item, dict))
    elif isinstance(value, str | int | float):
        if (
            name
            and may_be_secret(value)
            and (names_a_secret(name) or (every and not is_public(name)))
        ):
            yield str(value)
        if isinstance(value, str):
            yield from _told(_document(value), every=every)


def texts_in_state(state: Json) -> Iterator[str]:
    """The sensitive texts of a plan's ``prior_state`` or ``planned_values``."""
    values = state.get("values", state) if isinstance(state, dict) else None
    if not isinstance(values, dict):
        return
    for output in objects(values.get("outputs")):
        yield from sensitive_texts(output.get("value"), output.get("sensitive"))
    modules = [values.get("root_module")]
    while modules:
        module: Any = modules.pop()
        if not isinstance(module, dict):
            continue
        modules += objects(module.get("child_modules"))
        for resource in objects(module.get("resources")):
            yield from sensitive_texts(resource.get("values"), resource.get("sensitive_values"))


def secret_variables(module: Json, texts: set[str]) -> set[str]:
    """The variables of a module that are sensitive, or are given to such ones of its own modules.

    Args:
        module: A module of a plan's ``configuration``.
        texts: What such variables are by default, and what calls give them, is added here.
    """
    if not isinstance(module, dict):
        return set()
    variables = members(module.get("variables"))
    names = {name for name in variables if members(variables.get(name)).get("sensitive")}
    for call in objects(module.get("module_calls")):
        for wanted in secret_variables(call.get("module"), texts):
            expression = members(members(call.get("expressions")).get(wanted))
            texts.update(sensitive_texts(expression.get("constant_value"), mask=True))
            references = expression.get("references")
            for reference in references if isinstance(references, list) else ():
                if isinstance(reference, str) and reference.startswith("var."):
                    names.add(reference.split(".")[1])
    for name in names:
        texts.update(sensitive_texts(members(variables.get(name)).get("default"), mask=True))
    return names
