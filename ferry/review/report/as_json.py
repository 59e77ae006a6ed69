"""The review as JSON, whole, for a program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from facts.inert import visible_json
from ferry.review.plan.values import show

if TYPE_CHECKING:
    from ferry.review.plan.plan import Change
    from ferry.review.rules.finding import Finding
    from ferry.review.rules.review import Review

_FORMAT_VERSION = 2


def as_json(review: Review) -> str:
    """Write a review as JSON; nothing is left out, and sensitive values are masked here too."""
    return visible_json(
        {
            "format_version": _FORMAT_VERSION,
            "environment": review.environment,
            "verdict": review.verdict,
            "judged_whole": review.is_judged,
            "exit_code": review.exit_code,
            "counts": dict(review.counts),
            "notes": [note.text() for note in review.notes],
            "findings": [_finding(review, it) for it in review.findings],
            "iam_statements": [
                {
                    "side": "after" if it.added else "before",
                    **_place(it.change),
                    "effect": "allow" if it.statement.allows else "deny",
                    "principals": sorted(it.statement.principals),
                    "actions": sorted(it.statement.actions),
                    "resources": sorted(it.statement.resources),
                    "conditions": sorted(map(list, it.statement.conditions)),
                }
                for it in review.statements
            ],
            "security_group_rules": [
                {
                    "side": "after" if it.added else "before",
                    **_place(it.change),
                    "direction": it.traffic.direction,
                    "protocol": it.traffic.protocol,
                    "ports": it.traffic.ports,
                    "peer": it.traffic.peer,
                }
                for it in review.traffic
            ],
            "changes": [
                {
                    **_change(it),
                    "because": review.judgement.reasons.get(it.address, []),
                }
                for it in review.changes
            ],
            "outputs": dict(review.plan.outputs),
            "drift": [_change(it) for it in review.drift],
            "not_judged": [
                {
                    **_place(it.change),
                    "attributes": list(it.attributes),
                    "why": it.why.format(attributes=", ".join(it.attributes)),
                }
                for it in review.judgement.doubts
            ]
            + [{"why": it} for it in review.plan.unreadable],
        },
        indent=1,
    )


def _place(change: Change) -> dict[str, Any]:
    return {"address": change.address, "path": change.path, "type": change.type}


def _finding(review: Review, finding: Finding) -> dict[str, Any]:
    return {
        "danger": finding.danger,
        "blocks": finding.danger in review.block,
        "section": finding.section,
        **_place(finding.change),
        "attribute": finding.attribute,
        "effect": finding.effect.text(),
        "when": finding.when.text(),
        "lasts": finding.lasts,
        "remedy": finding.remedy.text(),
        "source": finding.source,
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        **_place(change),
        "action": change.action,
        "reason": change.reason,
        "replace_paths": list(change.replace_paths),
        "previous_address": change.previous_address,
        "differences": [
            {"path": it.path, "before": show(it.before), "after": show(it.after)}
            for it in change.differences()
        ],
    }
