"""The same as the page, for programs. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from facts.inert import visible_json
from ferry.findings import worst
from ferry.migrate.report import verdict

if TYPE_CHECKING:
    from ferry.migrate.report.told import Report


def as_json(report: Report) -> str:
    """A report as JSON: each of its values by its own name, and what they come to."""
    found = verdict.findings(report)
    document = {
        "headline": verdict.headline(report, found),
        "verdict": worst(found),
        "exit_code": worst(found).status,
        "findings": _plain(found),
        **_plain(report),
    }
    document["tables"] = [{"is": verdict.state(table), **_plain(table)} for table in report.tables]
    return visible_json(document, indent=2) + "\n"


def _plain(value: Any) -> Any:  # noqa: ANN401 - what JSON has
    if is_dataclass(value) and not isinstance(value, type):
        return {it.name: _plain(getattr(value, it.name)) for it in fields(value)}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {_key(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


def _key(key: Any) -> str:  # noqa: ANN401 - a text, or several
    return ": ".join(key) if isinstance(key, tuple) else str(key)
