"""Draws the pictures of docs/migration.md: `python -m tests.browser.pictures`.

A page of a rehearsal, as a screen and a phone show it. What is printed is `report.pdf` in the same folder
that is named; a PDF is no picture, and not kept.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from ferry.migrate.report.page import html
from tests.browser.chromium import open_, picture, web
from tests.unit.ferry.migrate.report.sample import REPORT

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
PHONE = """<!DOCTYPE html><body style="margin:0"><iframe src="/page" width="390" height="1500"
style="border:1px solid #d0d7de;margin:0 53px"></iframe>"""


def main(folder: Path) -> None:
    """Draw them."""
    with web() as made, tempfile.TemporaryDirectory() as aside:
        file = Path(aside) / "report.html"
        file.write_text(html(REPORT), encoding="utf-8")
        picture(file.as_uri(), made, folder / "report-screen.png", window="1180,1500")
        at = f"http://127.0.0.1:{made.port}"
        made.pages.update({f"{at}/page": html(REPORT), f"{at}/": PHONE})
        picture(f"{at}/", made, folder / "report-phone.png", window="500,1500")
        open_(file.as_uri(), made, f"--print-to-pdf={folder}/report.pdf", "--no-pdf-header-footer")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES)
