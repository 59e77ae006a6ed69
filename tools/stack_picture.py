"""Draws what an environment is built of, as SVG: its constructs, what is in them, what needs what.

    python -m tools.stack_picture

It writes docs/pictures/environment.svg from the Terraform JSON of the example staging, which has all that
the README names: a construct is a box, a reference of its resources to another's is a line. Only what
follows from no other line is drawn. A test holds the picture against the JSON.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections import Counter, defaultdict
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from harness.deployment import synthesize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

ROOT: Final = Path(__file__).resolve().parent.parent
FILE: Final = ROOT / "docs" / "pictures" / "environment.svg"
ENVIRONMENT: Final = "staging"

_REFERENCE: Final = re.compile(r"(?:data\.|ephemeral\.)?[a-z][a-z0-9_]*\.[A-Za-z0-9_-]+")
_WIDTH: Final = 214
_LANE: Final = 10
_GAP: Final = (16, 40)
_LINE: Final = 15
_HEAD: Final = 26
_MOST_LINES: Final = 6
_SWEEPS: Final = 8

_STYLE: Final = (
    "text{font:11px 'DejaVu Sans',Verdana,sans-serif;fill:#1f2328}"
    ".title{font-weight:bold;font-size:12px}"
    "rect{fill:#f6f8fa;stroke:#57606a;rx:6}"
    "path{fill:none;stroke:#57606a;marker-end:url(#arrow)}"
)


def main() -> int:
    """Write the picture."""
    with tempfile.TemporaryDirectory() as folder:
        output = synthesize(Path(folder), names=ENVIRONMENT)
        stack = json.loads((output / "stacks" / ENVIRONMENT / "cdk.tf.json").read_text())
    FILE.write_text(draw(stack), encoding="utf-8")
    print(FILE.relative_to(ROOT))
    return 0


def draw(stack: Mapping[str, Any]) -> str:
    """The picture of a synthesized stack: the same for the same JSON.

    Args:
        stack: What cdk.tf.json holds.
    """
    boxes, needs = _graph(stack)
    rows, ways = _with_lanes(_rows(boxes, needs), needs)
    rows = _ordered(rows, ways)
    places, size = _placed(rows, boxes)
    heights = {name: _row_height(row, boxes) for row in rows for name in row}
    return "\n".join(
        [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]}" height="{size[1]}" '
                f'viewBox="0 0 {size[0]} {size[1]}" role="img">'
            ),
            f"<title>What is built of an environment: {len(boxes)} constructs</title>",
            f"<style>{_STYLE}</style>",
            (
                '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" '
                'markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" '
                'style="fill:#57606a;stroke:none;marker-end:none"/></marker></defs>'
            ),
            f'<rect width="{size[0]}" height="{size[1]}" style="fill:#fff;stroke:none"/>',
            *(_line(_points(way, places, boxes, heights)) for way in ways),
            *(element for name in boxes for element in _box(name, boxes[name], places[name])),
            "</svg>\n",
        ]
    )


def _graph(stack: Mapping[str, Any]) -> tuple[dict[str, list[str]], dict[str, set[str]]]:
    """The constructs with what is in each, in words; and which of them each needs."""
    owners: dict[str, str] = {}
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    texts: dict[str, list[str]] = defaultdict(list)
    values = {f"local.{name}": json.dumps(it) for name, it in stack.get("locals", {}).items()}
    for part, prefix in (("resource", ""), ("data", "data."), ("ephemeral", "ephemeral.")):
        for type_, resources in stack.get(part, {}).items():
            for name, body in resources.items():
                construct = _construct(type_, name, body)
                owners[f"{prefix}{type_}.{name}"] = construct
                kinds[construct][_in_words(type_, part)] += 1
                texts[construct].append(json.dumps(body))
    needs = {
        construct: {
            owners[it]
            for text in texts[construct]
            for named in _REFERENCE.findall(text)
            for it in (named, *_REFERENCE.findall(values.get(named, "")))
            if it in owners and owners[it] != construct
        }
        for construct in sorted(kinds)
    }
    lines = {
        construct: _shortened(
            [f"{n} {it}" if n > 1 else it for it, n in sorted(kinds[construct].items())]
        )
        for construct in sorted(kinds)
    }
    return lines, _reduced(_without_circles(needs))


def _construct(type_: str, name: str, body: Mapping[str, Any]) -> str:
    """The construct, of those right below the stack, in which a resource stands."""
    path = body.get("//", {}).get("metadata", {}).get("path", "")
    parts = path.split("/")
    return parts[1] if len(parts) > 1 else name.partition("_")[0] or type_


def _in_words(type_: str, part: str) -> str:
    words = type_.removeprefix("aws_").removeprefix("secretsmanager_").replace("_", " ")
    return (
        words if part == "resource" else f"{words} ({'found' if part == 'data' else 'ephemeral'})"
    )


def _shortened(lines: list[str]) -> list[str]:
    if len(lines) <= _MOST_LINES:
        return lines
    return [*lines[: _MOST_LINES - 1], f"and {len(lines) - _MOST_LINES + 1} kinds more"]


def _without_circles(needs: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """The same without what leads back: constructs whose resources need each other."""
    kept: dict[str, set[str]] = {name: set() for name in needs}
    for needing, needed in sorted((a, b) for a in needs for b in needs[a]):
        if needing not in _all(kept, needed) and needing != needed:
            kept[needing].add(needed)
    return kept


def _reduced(needs: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """The same without what follows: who needs the cluster, needs what the cluster needs."""
    return {
        name: {it for it in direct if not any(it in _all(needs, other) for other in direct - {it})}
        for name, direct in needs.items()
    }


def _all(needs: Mapping[str, Iterable[str]], name: str) -> set[str]:
    found: set[str] = set()
    left = [*needs.get(name, ())]
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left.extend(needs.get(one, ()))
    return found


def _rows(boxes: Iterable[str], needs: Mapping[str, set[str]]) -> list[list[str]]:
    """The constructs by how long the way is to what they need."""
    depth: dict[str, int] = {}

    def of(name: str) -> int:
        if name not in depth:
            depth[name] = 1 + max((of(it) for it in needs[name]), default=-1)
        return depth[name]

    rows: dict[int, list[str]] = defaultdict(list)
    for name in boxes:
        rows[of(name)].append(name)
    return [rows[number] for number in sorted(rows)]


def _with_lanes(
    rows: list[list[str]], needs: Mapping[str, set[str]]
) -> tuple[list[list[str]], list[tuple[str, ...]]]:
    """Room for the lines that pass a row by, and each line as what it goes through."""
    of = {name: number for number, row in enumerate(rows) for name in row}
    rows = [[*row] for row in rows]
    ways = []
    for needing, row in of.items():
        for needed in sorted(needs[needing]):
            passed = range(of[needed] + 1, row)
            lanes = [f"{needed} to {needing} past {number}" for number in passed]
            for number, lane in zip(passed, lanes, strict=True):
                rows[number].append(lane)
            ways.append((needed, *lanes, needing))
    return rows, ways


def _ordered(rows: list[list[str]], ways: Sequence[tuple[str, ...]]) -> list[list[str]]:
    """Each row in the order of what its constructs are joined to, so that few lines cross."""
    joined: dict[str, set[str]] = defaultdict(set)
    for way in ways:
        for one, other in pairwise(way):
            joined[one].add(other)
            joined[other].add(one)
    for _ in range(_SWEEPS):
        places = {name: (n + 0.5) / len(row) for row in rows for n, name in enumerate(row)}
        middles = {
            name: sum(places[it] for it in joined[name]) / len(joined[name])
            if joined[name]
            else place
            for name, place in places.items()
        }
        rows = [sorted(row, key=lambda name: (middles[name], name)) for row in rows]
    return rows


def _height(lines: Sequence[str]) -> int:
    return _HEAD + _LINE * len(lines) + 6


def _placed(
    rows: Sequence[Sequence[str]], boxes: Mapping[str, Sequence[str]]
) -> tuple[dict[str, tuple[int, int]], tuple[int, int]]:
    """Where each box and lane begins, row below row, and how large the picture is."""
    across, down = _GAP
    width = {name: _WIDTH if name in boxes else _LANE for row in rows for name in row}
    widths = [sum(width[name] + across for name in row) + across for row in rows]
    places, top = {}, across
    for row, whole in zip(rows, widths, strict=True):
        left = across + (max(widths) - whole) // 2
        for name in row:
            places[name] = (left, top)
            left += width[name] + across
        top += _row_height(row, boxes) + down
    return places, (max(widths), top - down + across)


def _row_height(row: Iterable[str], boxes: Mapping[str, Sequence[str]]) -> int:
    return max(_height(boxes[name]) for name in row if name in boxes)


def _points(
    way: Sequence[str],
    places: Mapping[str, tuple[int, int]],
    boxes: Mapping[str, Sequence[str]],
    heights: Mapping[str, int],
) -> list[tuple[int, int]]:
    """Through what a line goes: the lower edge of what is needed, its lanes, the upper edge of the other."""
    first, *lanes, last = way
    middle = _WIDTH // 2
    passed = [
        (places[lane][0] + _LANE // 2, places[lane][1] + further)
        for lane in lanes
        for further in (0, heights[lane])
    ]
    return [
        (places[first][0] + middle, places[first][1] + _height(boxes[first])),
        *passed,
        (places[last][0] + middle, places[last][1]),
    ]


def _line(points: Sequence[tuple[int, int]]) -> str:
    text = f"M{points[0][0]} {points[0][1]}"
    for (x, y), (to_x, to_y) in pairwise(points):
        middle = (y + to_y) // 2
        text += f"C{x} {middle} {to_x} {middle} {to_x} {to_y}"
    return f'<path d="{text}"/>'


def _box(name: str, lines: Sequence[str], place: tuple[int, int]) -> Iterator[str]:
    left, top = place
    yield f'<rect x="{left}" y="{top}" width="{_WIDTH}" height="{_height(lines)}"/>'
    yield f'<text class="title" x="{left + 10}" y="{top + 18}">{escape(name)}</text>'
    for number, line in enumerate(lines, start=1):
        yield f'<text x="{left + 10}" y="{top + _HEAD + number * _LINE - 4}">{escape(line)}</text>'


if __name__ == "__main__":
    sys.exit(main())
