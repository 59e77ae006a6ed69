"""The page of `ferry report` in a real Chromium, which set-up installs; without one these fail."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import TYPE_CHECKING

import pytest

from ferry.migrate.report.page import html
from tests.browser.chromium import open_, web
from tests.unit.ferry.migrate.report.sample import BEFORE, HOSTILE, REPORT, hostile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.browser.chromium import Web

PHONE, DESK = 390, 1200
"""The widths of a phone and of a window, in CSS pixels."""

GREEDY = """<!DOCTYPE html><title>x</title><link rel=stylesheet href="http://elsewhere.test/style.css">
<img src="http://elsewhere.test/picture.png"><script src="https://elsewhere.test/script.js"></script>
<script>console.error("seen " + (1 + 1))</script>"""

FRAMED = """<!DOCTYPE html><title>x</title><link rel="icon" href="data:,"><body>
<script>
const pages = {pages};
const told = [];
for (const [place, [url, width]] of pages.entries()) {{
  const frame = document.createElement("iframe");
  frame.width = width;
  frame.height = 900;
  frame.style.border = 0;
  frame.onload = () => {{
    const page = frame.contentDocument;
    const wide = [...page.querySelectorAll("body *")].filter(
      it => it.getBoundingClientRect().right > width + 1 && !it.closest("svg, thead"));
    told[place] = {{
      width: page.documentElement.scrollWidth,
      wide: wide.map(it => it.tagName),
      font: page.defaultView.getComputedStyle(page.body).fontSize,
      scripts: page.scripts.length,
      text: page.body.innerText,
    }};
    if (told.filter(Boolean).length == pages.length) {{
      const all = document.createElement("p");
      all.id = "told";
      all.textContent = JSON.stringify(told);
      document.body.append(all);
    }}
  }};
  frame.src = url;
  document.body.append(frame);
}}
</script>"""
"""Pages in frames of some widths, and what a script from outside sees of them."""


@pytest.fixture
def browsed() -> Iterator[Web]:
    with web() as made:
        yield made


def test_what_a_page_asks_for_and_what_its_console_says_is_seen_here(
    browsed: Web, tmp_path: Path
) -> None:
    """Without this the others would say nothing."""
    file = tmp_path / "greedy.html"
    file.write_text(GREEDY)

    opened = open_(file.as_uri(), browsed)

    assert {
        "http://elsewhere.test/style.css",
        "http://elsewhere.test/picture.png",
        "elsewhere.test:443",
    } <= set(browsed.asked)
    assert any("seen 2" in it for it in opened.console)


def test_pages_ask_for_nothing_run_nothing_and_are_no_wider_than_what_they_are_read_on(
    browsed: Web,
) -> None:
    at = f"http://127.0.0.1:{browsed.port}"
    shown = [(REPORT, DESK), (REPORT, PHONE), (BEFORE, PHONE), (hostile(), PHONE)]
    pages = [(f"{at}/{place}", width) for place, (_, width) in enumerate(shown)]
    browsed.pages.update(
        {url: html(report) for (url, _), (report, _) in zip(pages, shown, strict=True)}
    )
    browsed.pages[f"{at}/"] = FRAMED.format(pages=json.dumps(pages))

    opened = open_(f"{at}/", browsed, "--dump-dom", "--virtual-time-budget=60000")

    (said,) = re.findall(r'<p id="told">(.*?)</p>', opened.dom)
    told = json.loads(unescape(said))
    assert [(it["width"], it["wide"]) for it in told] == [(width, []) for _, width in pages]
    # Its own style was let in, and nothing else: the browser says what it holds back.
    assert {(it["font"], it["scripts"]) for it in told} == {("15px", 0)}
    assert opened.console == []
    assert sorted(browsed.asked) == sorted([f"{at}/", *(url for url, _ in pages)])
    assert "3.4 s" in told[0]["text"]
    assert told[3]["text"].count(HOSTILE) > 10


def test_a_page_is_opened_from_the_disk_and_printed(browsed: Web, tmp_path: Path) -> None:
    page, paper = tmp_path / "report.html", tmp_path / "report.pdf"
    page.write_text(html(REPORT), encoding="utf-8")

    opened = open_(page.as_uri(), browsed, f"--print-to-pdf={paper}", "--no-pdf-header-footer")

    content = paper.read_bytes()
    assert content.startswith(b"%PDF-")
    assert 2 <= len(re.findall(rb"/Type\s*/Page\b", content)) <= 6
    assert (browsed.asked, opened.console) == ([], [])
