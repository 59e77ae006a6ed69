"""The recorded plans: real ones, made by ``python -m tests.terraform.record_plans``."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from ferry.review import Plan, read_plan
from tests.unit.ferry.review.plans import ACCOUNT

FOLDER = Path(__file__).parent / "recorded"
NAMES = tuple(sorted(file.stem for file in FOLDER.glob("*.json")))

_PROD = "444455556666"
_OF_PROD = ("everything-new-prod", "transit-gateway-elsewhere", "transit-gateway-gone")


def account_of(name: str) -> str:
    """The account that a recorded plan is of."""
    return _PROD if name in _OF_PROD else ACCOUNT


def text(name: str) -> str:
    """A recorded plan as ``terraform show -json`` printed it, as far as it was kept.

    What is left alone was recorded once, not before and after; of drift, what differs, where a
    change tells the rest; of the configuration, what attributes refer to.
    """
    document: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    document["configuration"] = {"root_module": {"resources": document.pop("configured")}}
    for item in document["resource_changes"]:
        change = item["change"]
        if change["actions"] == ["no-op"]:
            change["before"] = change["after"]
            change["before_sensitive"] = change["after_sensitive"]
    told = {it["address"]: it["change"]["before"] for it in document["resource_changes"]}
    for item in document.get("resource_drift", ()):
        change = item["change"]
        if change["actions"] == ["update"]:
            found = told.get(item["address"]) or {}
            change["after"] = {**found, **change["after"]}
            change["before"] = {**change["after"], **change["before"]}
    return json.dumps(document)


@cache
def recorded(name: str) -> Plan:
    """A recorded plan."""
    return read_plan(text(name), account_id=account_of(name))
