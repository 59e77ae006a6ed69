"""HTML that is escaped by the way it is made: a tree of elements, never a text with names put into it. Pure.

What others have written is made inert besides: a name that turns round what stands beside it deceives a
reader of a page as it does one of a terminal.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

from facts.inert import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_ALONE: Final = frozenset({"meta"})
"""Elements that hold nothing and are not closed."""

_NOTHING_ELSE: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; style-src '{}'"


@dataclass(frozen=True, kw_only=True, slots=True)
class Element:
    """An element of a page.

    Args:
        tag: Its name.
        attributes: Its attributes.
        children: What it holds, in order.
    """

    tag: str
    attributes: Mapping[str, str]
    children: tuple[Child, ...]

    def written(self) -> Iterator[str]:
        """It as HTML, in pieces."""
        attributes = "".join(
            f' {name}="{escape(visible(value))}"' for name, value in self.attributes.items()
        )
        yield f"<{self.tag}{attributes}>"
        for child in self.children:
            if isinstance(child, Element | _Style):
                yield from child.written()
            elif child:
                yield escape(visible(child))
        if self.tag not in _ALONE:
            yield f"</{self.tag}>"


@dataclass(frozen=True, slots=True)
class _Style:
    """The page's own style, as it is: browsers escape nothing in it, and nobody else's text is in it."""

    text: str

    def written(self) -> Iterator[str]:
        """It as HTML."""
        yield f"<style>{self.text}</style>"

    @property
    def allowed(self) -> str:
        """How a policy allows this one alone."""
        digest = base64.b64encode(hashlib.sha256(self.text.encode()).digest()).decode()
        return f"sha256-{digest}"


Child = Element | _Style | str | None
"""What an element holds: another one, a text, or nothing."""


def element(tag: str, *children: Child, **attributes: object) -> Element:
    """An element.

    Args:
        tag: Its name.
        children: What it holds, in order.
        attributes: Its attributes; `_` stands for a hyphen and is left out at the end, and one that is None
            is none.
    """
    return Element(
        tag=tag,
        attributes={
            name.rstrip("_").replace("_", "-"): str(value)
            for name, value in attributes.items()
            if value is not None
        },
        children=children,
    )


def page(*, title: str, style: str, body: Iterable[Child]) -> str:
    """A page that needs nothing beside itself, and lets a browser ask for nothing.

    Args:
        title: What the window is called.
        style: Its style, the only one that the browser takes: by its hash.
        body: What it shows.
    """
    own = _Style(style)
    root = element(
        "html",
        element(
            "head",
            element("meta", charset="utf-8"),
            element(
                "meta",
                http_equiv="Content-Security-Policy",
                content=_NOTHING_ELSE.format(own.allowed),
            ),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("meta", name="referrer", content="no-referrer"),
            element("meta", name="robots", content="noindex"),
            element("title", title),
            own,
        ),
        element("body", *body),
        lang="en",
    )
    return f"<!DOCTYPE html>\n{''.join(root.written())}\n"
