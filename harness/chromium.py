"""Finds the machine's Chromium, in which a test opens the page of `ferry report`."""

from __future__ import annotations

import shutil
from pathlib import Path

PACKAGE = "chromium"
"""What Debian calls it."""

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


class ChromiumMissingError(Exception):
    """The machine has no Chromium; the message says how to get one."""


def find_program() -> Path:
    """Chromium, or Chrome, which is made of it.

    Raises:
        ChromiumMissingError: Neither is there.
    """
    for name in _PROGRAMS:
        if found := shutil.which(name):
            return Path(found)
    raise ChromiumMissingError(
        f"Chromium is missing, in which the page of ferry report is looked at; on Debian: "
        f"apt-get install {PACKAGE}"
    )
