"""Whether what is new is held to the account, and to what uses it, as the stacks' own is.

A service of AWS acts for every account; a statement that names it has to say for which. Source:
https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facts.dms import MANAGED_POLICIES
from ferry.review.plan.patterns import covers
from ferry.review.plan.plan import Action
from ferry.review.plan.policies import KEY, KEY_POLICY, ROLE, TRUST, Policies
from ferry.review.rules.combined.own import account_in, is_own
from ferry.review.rules.combined.publishers import account_of
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.review.plan.plan import Plan
    from ferry.review.plan.policies import PolicyChange
    from ferry.review.plan.statements import Statement

_DEPUTY: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"
_BOUNDARIES: Final = (
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"
)
_VIA: Final = "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html"
_KEYS: Final = (KEY, KEY_POLICY)
_HELD: Final = frozenset(
    {(ROLE, TRUST)} | {(it, "policy") for it in (*_KEYS, "aws_sns_topic", "aws_sns_topic_policy")}
)

_READS: Final = ("kms:decrypt", "kms:reencryptfrom", "kms:creategrant")
"""What reads what a key encrypts, or lets somebody read it. Source:
https://docs.aws.amazon.com/kms/latest/developerguide/grants.html"""


def statements_held(plan: Plan) -> Iterator[Finding]:
    """A statement of something new lets a service act for any account, or the account's people use a key."""
    account, policies = account_of(plan), plan.once(Policies)
    yield from _bounded_elsewhere(plan)
    for it in policies.changes:
        if not _is_new(it, policies):
            continue
        wide = [part for part in it.after or () if _is_for_any_account(it, part, account)]
        if wide:
            yield _finding(
                it,
                "{who} may {actions} for any account: no condition says that it is for this one alone.",
                wide,
                _DEPUTY,
            )
        direct = [part for part in it.after or () if _is_direct(it, part, account)]
        if direct:
            yield _finding(
                it,
                "{who} may use the key without a service between ({actions}): whoever of the account "
                "IAM allows it decrypts.",
                direct,
                _VIA,
            )


def _bounded_elsewhere(plan: Plan) -> Iterator[Finding]:
    """A role is held by a boundary of another account; of AWS's own another rule tells."""
    name = "permissions_boundary"
    for role in plan.of(ROLE):
        account = account_in(role.after.get(name), "iam")
        if account in {"", "aws"} or is_own(plan, role.after[name], "iam"):
            continue
        if role.stays and role.changes(name):
            yield Finding(
                danger=Danger.REFUSED,
                change=role,
                attribute=name,
                effect=Phrase(
                    "IAM refuses {boundary}: a boundary is of the role's own account.",
                    {"boundary": role.shown_after(name)},
                ),
                source=_BOUNDARIES,
            )


def _is_new(it: PolicyChange, policies: Policies) -> bool:
    """Whether nothing was there before; of what was, all that it gives is told."""
    held = (it.change.type, it.attribute) in _HELD and it.change.action is Action.CREATE
    return held and (it.change.type != KEY_POLICY or policies.is_of_something_new(it.change))


def _is_for_any_account(it: PolicyChange, part: Statement, account: str) -> bool:
    """Whether services may act for others; DMS takes two roles by their names alone."""
    if not part.allows or not part.services:
        return False
    name = it.change.after.get("name")
    if it.attribute == TRUST and isinstance(name, str) and name in MANAGED_POLICIES:
        return False
    return not any(
        condition.names_account_if_told if it.attribute == TRUST else condition.names_account
        for condition in part.conditions
        if condition.accounts == {account}
    )


def _is_direct(it: PolicyChange, part: Statement, account: str) -> bool:
    """Whether the account's own may read what a key encrypts, by no service."""
    people = part.allows and not part.names_services_alone and not part.is_public
    return (
        it.change.type in _KEYS
        and people
        and not part.strangers(account)
        and not any(condition.names_service_between for condition in part.conditions)
        and (
            part.actions.all_but
            or any(covers(name.lower(), action) for name in part.actions.names for action in _READS)
        )
    )


def _finding(it: PolicyChange, effect: str, parts: list[Statement], source: str) -> Finding:
    names = {text for part in parts for text in part.principals.texts}
    actions = {text for part in parts for text in part.actions.texts}
    return Finding(
        danger=Danger.WIDER_ACCESS,
        change=it.change,
        attribute=it.attribute,
        effect=Phrase(effect, {"who": it.shown(names), "actions": it.shown(actions)}),
        source=source,
    )
