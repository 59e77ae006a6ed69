"""The review as JSON, whole, for a program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from facts.inert import visible_json
from ferry.review.plan.shown import Shown, joined
from ferry.review.report.covered import covered_json

if TYPE_CHECKING:
    from ferry.review.plan.plan import Change
    from ferry.review.plan.policies import StatementChange
    from ferry.review.rules.finding import Finding
    from ferry.review.rules.review import Review

_FORMAT_VERSION = 2


def as_json(review: Review) -> str:
    """Write a review as JSON; nothing is left out, and sensitive values are masked here too."""
    document = {
        "format_version": _FORMAT_VERSION,
        "environment": review.environment,
        "plan": {
            name: review.plan.masker.text(value)
            for name, value in (
                ("account_id", review.plan.identity.account_id),
                ("region", review.plan.identity.region),
                ("environment", review.plan.identity.environment),
                ("terraform_version", review.plan.identity.terraform),
                ("provider_version", review.plan.identity.provider),
            )
        },
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
                "principals": _shown(it, it.statement.principals.texts),
                "actions": _shown(it, it.statement.actions.texts),
                "resources": _shown(it, it.statement.resources.texts),
                "conditions": [
                    list(map(it.shown, texts))
                    for texts in sorted(part.texts for part in it.statement.conditions)
                ],
            }
            for it in review.statements
        ],
        "security_group_rules": [
            {
                "side": "after" if it.added else "before",
                **_place(it.change),
                "direction": it.traffic.direction,
                "protocol": it.shown(it.traffic.protocol),
                "ports": it.shown(it.traffic.ports),
                "peer": it.shown(it.traffic.peer),
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
        "outputs": {
            review.plan.masker.text(name): it.action for name, it in review.plan.outputs.items()
        },
        "drift": [_change(it) for it in review.drift],
        "not_judged": [
            {
                **_place(it.change),
                "attributes": (names := list(map(it.change.masker.text, it.attributes))),
                "why": it.why.format(attributes=joined(names)),
            }
            for it in review.judgement.doubts
        ]
        + [
            {
                "name": (name := review.plan.masker.text(it.name)),
                "why": it.why.format(name=name),
            }
            for it in review.plan.unread
        ],
    }
    return visible_json(covered_json(document, review.plan.masker), indent=1)


def _place(change: Change) -> dict[str, Any]:
    return {
        "address": change.shown_address,
        "path": change.masker.text(change.path),
        "type": change.masker.text(change.type),
    }


def _finding(review: Review, finding: Finding) -> dict[str, Any]:
    return {
        "danger": finding.danger,
        "blocks": finding.danger in review.block,
        "section": finding.section,
        **_place(finding.change),
        "attribute": finding.change.masker.text(finding.attribute),
        "effect": finding.effect.text(),
        "when": finding.when.text(),
        "lasts": finding.lasts,
        "remedy": finding.remedy.text(),
        "source": finding.source,
    }


def _shown(it: StatementChange, texts: frozenset[str]) -> list[Shown]:
    return list(map(it.shown, sorted(texts)))


def _change(change: Change) -> dict[str, Any]:
    masker = change.masker
    return {
        **_place(change),
        "action": change.action,
        "reason": masker.text(change.reason),
        "replace_paths": list(map(masker.text, change.replace_paths)),
        "previous_address": masker.text(change.previous_address),
        "differences": [
            {
                "path": masker.text(it.path),
                "before": masker.value(it.before),
                "after": masker.value(it.after),
            }
            for it in change.differences()
        ],
    }
