"""The policies in a plan, and what their changes give and take."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ferry.review.plan.inline import is_inline
from ferry.review.plan.plan import COMING, Action, without_key
from ferry.review.plan.policy_documents import statements
from ferry.review.plan.policy_elements import Element
from ferry.review.plan.said import Said, Shift, shift, without
from ferry.review.plan.statements import Statement
from ferry.review.plan.values import UNKNOWN, Hidden

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.shown import Shown
    from ferry.review.plan.values import Json

KEY: Final = "aws_kms_key"
ROLE: Final = "aws_iam_role"
ROLE_POLICY: Final = "aws_iam_role_policy"
ENDPOINT: Final = "aws_vpc_endpoint"
SECRET: Final = "aws_secretsmanager_secret"  # noqa: S105 (a resource type)
KEY_POLICY: Final = "aws_kms_key_policy"
SECRET_POLICY: Final = "aws_secretsmanager_secret_policy"  # noqa: S105 (a resource type)
TRUST: Final = "assume_role_policy"
INLINE: Final = "inline_policy"

POLICIES: Final[Mapping[str, tuple[str, ...]]] = {
    ROLE: (TRUST, INLINE),
    ROLE_POLICY: ("policy",),
    KEY: ("policy",),
    KEY_POLICY: ("policy",),
    SECRET: ("policy",),
    SECRET_POLICY: ("policy",),
    "aws_sns_topic": ("policy",),
    "aws_sns_topic_policy": ("policy",),
    ENDPOINT: ("policy",),
}
"""The attributes that hold policy documents, by type."""

_OF: Final = {KEY_POLICY: (KEY, "key_id"), SECRET_POLICY: (SECRET, "secret_arn")}
"""What a policy that is a resource of its own is about, and the attribute that names it. There is one
policy: it takes the place of the one that is there. Sources:
https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html and
https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutResourcePolicy.html"""

_GO_WITH_THEIR_RESOURCE: Final = frozenset(POLICIES) - {
    *_OF,
    ROLE_POLICY,
    "aws_sns_topic_policy",
}
_MOST_OF_ROLE: Final = 200
"""Statements of a role's inline policies, which have 10,240 characters together at most; of more,
none stands in for another. Source:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""

_REFERENCE: Final = re.compile(r"\$\{([\w-]+\.[\w-]+)\.(\w+)\}")
_BLOCKS: Final = frozenset({INLINE, "egress", "ingress", "replica", "route"})
_EVERYTHING: Final = Element(frozenset({"*"}))


@dataclass(frozen=True, kw_only=True, slots=True)
class StatementChange:
    """A statement that goes or comes, for the report's table.

    Args:
        change: The policy's resource.
        added: Whether it comes; otherwise it goes.
        statement: The statement.
    """

    change: Change
    added: bool
    statement: Statement

    def shown(self, text: str) -> Shown:
        """A text of the statement's as it may be shown."""
        return self.change.shown(text, *POLICIES[self.change.type])


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyChange:
    """A policy that changes.

    Args:
        change: The policy's resource.
        attribute: The attribute that holds it.
        before: Its statements; None where they cannot be read.
        after: The statements that it will have; None where they cannot be read.
    """

    change: Change
    attribute: str
    before: Sequence[Statement] | None
    after: Sequence[Statement] | None

    def shown(self, texts: Iterable[str]) -> Shown:
        """Some of its texts as they may be shown."""
        return self.change.shown_all(sorted(texts), self.attribute)


@dataclass(frozen=True)
class Policies:
    """The policies of a plan, which several ask for: `plan.once(Policies)` reads them once.

    Args:
        plan: The plan.
    """

    plan: Plan

    @cached_property
    def changes(self) -> Sequence[PolicyChange]:
        """Every policy that changes."""
        return [
            PolicyChange(
                change=change,
                attribute=attribute,
                before=self._statements(change, attribute, after=False),
                after=self._statements(change, attribute, after=True),
            )
            for change in self.plan.of(*POLICIES)
            if change.action not in {Action.NO_OP, Action.FORGET}
            and not (change.action is Action.DELETE and change.type in _GO_WITH_THEIR_RESOURCE)
            for attribute in POLICIES[change.type]
            if change.changes(attribute) or _is_of_another_role(change)
        ]

    @cached_property
    def new_roles(self) -> frozenset[str]:
        """The roles that the plan makes."""
        return frozenset(role_of(it, after=True) for it in self.plan.of(ROLE) if it.comes)

    def is_of_new_role(self, change: Change) -> bool:
        """Whether the plan makes the role that a policy or an attachment is about, or may be."""
        role = role_of(change, after=True)
        groups = change.neighbours.at((change.references or {}).get("role", ()))
        return role in self.new_roles or (
            change.after.get("role") is UNKNOWN
            and bool(groups)
            and all(it and it.types == {ROLE} and it.actions.keys() <= COMING for it in groups)
        )

    @cached_property
    def things(self) -> frozenset[str]:
        """What is in the plan and may be read or written: ARNs, and the names of log groups.

        So is a key that the plan names and does not make, where it encrypts one of its secrets.
        """
        sides = [(it.type, side) for it in self.plan.changes for side in (it.before, it.after)]
        found = [side.get(name) for _, side in sides for name in ("arn", "secrets_manager_arn")]
        found += [side.get("name") for type_, side in sides if type_ == "aws_cloudwatch_log_group"]
        found += [it.after.get("kms_key_id") for it in self.plan.of(SECRET)]
        return frozenset(it for it in found if isinstance(it, str))

    def is_of_something_new(self, change: Change) -> bool:
        """Whether the plan makes what a policy that is a resource of its own is about."""
        owner = self._owner(change)
        return owner is not None and owner.comes

    def _owner(self, change: Change) -> Change | None:
        """What a policy that is a resource of its own is about; None where the plan does not tell."""
        type_, attribute = _OF[change.type]
        value = (change.after or change.before).get(attribute)
        if isinstance(value, str):
            return self._by_id.get(value)
        named = (change.references or {}).get(attribute, ())
        groups = [group for it in named if (group := change.neighbours.get(it))]
        found = [group for group in groups if group[0].type == type_]
        is_one = value is UNKNOWN and len(found) == 1 and len(found[0]) == 1
        return found[0][0] if is_one else None

    @cached_property
    def _by_id(self) -> Mapping[str, Change]:
        """The keys and the secrets by their ids and ARNs."""
        return {
            value: it
            for it in self.plan.of(KEY, SECRET)
            for value in (it.before.get(name) for name in ("arn", "id"))
            if isinstance(value, str)
        }

    def shift(self, it: PolicyChange) -> Shift:
        """What a change of a readable policy gives and takes.

        A statement of another of the role's policies stands in for one of this.
        """
        before, after = it.before or (), it.after or ()
        if it.attribute == TRUST or it.change.type not in {ROLE, ROLE_POLICY}:
            return shift(before, after)
        if _is_of_another_role(it.change):
            gone = replace(it, after=(), change=replace(it.change, after={}))
            come = replace(it, before=(), change=replace(it.change, before={}))
            return Shift(gives=self.shift(come).gives, takes=self.shift(gone).takes)
        return shift(
            before,
            after,
            all_before=self._of_role(it, before, after=False),
            all_after=self._of_role(it, after, after=True),
        )

    def said(self, change: Change, attribute: str) -> Sequence[Statement] | None:
        """The statements that a policy will have; None where they cannot be read."""
        return self._statements(change, attribute, after=True)

    def _of_role(self, it: PolicyChange, own: Sequence[Statement], *, after: bool) -> Said | None:
        """All that a role's inline policies say, before or after; None where they are too many.

        Of a policy that comes or goes the role's other policies are there on both sides.
        """
        role = role_of(it.change, after=after) or role_of(it.change, after=not after)
        said = self._all_of_roles[after].get(role) if role else None
        if said and it.attribute == INLINE and not is_inline(it.change, INLINE):
            return Said(own, beside=said)
        return said

    @cached_property
    def _all_of_roles(self) -> dict[bool, dict[str, Said]]:
        """What the inline policies say of each role that one of them changes of.

        What a role only shows of them says nothing beside.
        """
        changed = {
            role_of(it.change, after=after)
            for it in self.changes
            if it.change.type in {ROLE, ROLE_POLICY}
            for after in (False, True)
        }
        read = {(id(it.change), it.attribute): (it.before, it.after) for it in self.changes}
        found: dict[bool, dict[str, list[Statement]]] = {False: {}, True: {}}
        for change in self.plan.of(ROLE, ROLE_POLICY):
            if change.type == ROLE and not is_inline(change, INLINE):
                continue
            attribute = INLINE if change.type == ROLE else "policy"
            sides = read.get((id(change), attribute))
            for after, roles in found.items():
                role = role_of(change, after=after)
                if role and role in changed:
                    said = (
                        sides[after] if sides else self._statements(change, attribute, after=after)
                    )
                    roles.setdefault(role, []).extend(said or ())
        return {
            after: {
                role: Said(said) for role, said in roles.items() if 0 < len(said) <= _MOST_OF_ROLE
            }
            for after, roles in found.items()
        }

    def _statements(
        self, change: Change, attribute: str, *, after: bool
    ) -> Sequence[Statement] | None:
        """The statements of a policy on one side; None where they cannot be read."""
        side = change.after if after and change.action is not Action.FORGET else change.before
        if not side and change.type in _OF:
            return self._without(change)
        if not side:
            return []
        value = side.get(attribute)
        if value is UNKNOWN:
            if is_left_out(self.plan, change, attribute):
                value = None
            else:
                value = _resolved(self.plan, change, attribute)
        if attribute == INLINE:
            return _inline(value)
        if not value:
            return self._by_default(change.type)
        return statements(value)

    def _without(self, change: Change) -> Sequence[Statement] | None:
        """What is said where a policy that is a resource of its own is not there.

        None where the plan does not tell. To a key the provider gives AWS's default again. Source:
        provider 5.100.0, kms/key_policy.go.
        """
        if change.action is Action.DELETE:
            return self._by_default(_OF[change.type][0])
        owner = self._owner(change)
        if owner is None or owner.comes:
            return [] if owner else None
        policy = owner.before.get("policy")
        return statements(policy) if policy else self._by_default(owner.type)

    def _by_default(self, type_: str) -> list[Statement]:
        """What AWS says where no policy is set.

        Sources: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html and
        https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
        """
        if type_ not in {KEY, ENDPOINT}:
            return []  # a topic's own is known after apply
        account = Element(frozenset({f"AWS: {self.plan.account_id}"}))
        return [
            Statement(
                allows=True,
                principals=account if type_ == KEY else _EVERYTHING,
                actions=Element(frozenset({"kms:*"})) if type_ == KEY else _EVERYTHING,
                resources=_EVERYTHING,
                conditions=frozenset(),
            )
        ]


def statement_changes(plan: Plan) -> Iterator[StatementChange]:
    """Every statement that goes or comes, those that go first."""
    for it in plan.once(Policies).changes:
        if it.before is not None and it.after is not None:
            for statement in without(it.before, it.after):
                yield StatementChange(change=it.change, added=False, statement=statement)
        for statement in without(it.after or (), it.before or ()):
            yield StatementChange(change=it.change, added=True, statement=statement)


def role_of(change: Change, *, after: bool) -> str:
    """The role that a resource is, or is about: its name, or its address where that is not known.

    Empty where neither is, where it may be any of several, or where there is nothing on that side.
    """
    side = change.after if after and change.action is not Action.FORGET else change.before
    if not side:
        return ""
    name = side.get("name" if change.type == ROLE else "role")
    if isinstance(name, str):
        return name
    if isinstance(name, Hidden):
        return name.mark
    if change.type == ROLE:
        return without_key(change.address)
    named = (change.references or {}).get("role", ())
    groups = [group for it in named if (group := change.neighbours.get(it))]
    roles = [group for group in groups if group[0].type == ROLE]
    is_one = len(roles) == 1 and len(roles[0]) == 1
    return role_of(roles[0][0], after=True) if is_one else ""


def _is_of_another_role(change: Change) -> bool:
    """Whether a policy is taken from one role and given to another, or may be."""
    if change.type != ROLE_POLICY or not (change.before and change.after):
        return False
    return role_of(change, after=False) != role_of(change, after=True)


def _inline(value: Json) -> list[Statement] | None:
    """The statements of a role's ``inline_policy`` blocks."""
    found: list[Statement] = []
    for block in value if isinstance(value, list) else [value] if value else ():
        said = statements(block.get("policy")) if isinstance(block, dict) else None
        if said is None:
            return None
        found += said
    return found


def is_left_out(plan: Plan, change: Change, attribute: str) -> bool:
    """Whether what a new resource says nothing of is left to AWS, by the stack or the configuration.

    Of blocks the stack alone tells: a plan's configuration leaves out dynamic ones.
    """
    if change.action is Action.UPDATE:
        return False
    configured = plan.stack.get(without_key(change.address))
    if configured is not None:
        return attribute not in configured and "dynamic" not in configured
    if attribute in _BLOCKS or change.references is None:
        return False
    return attribute not in change.references


def _resolved(plan: Plan, change: Change, attribute: str) -> Json:
    """A policy as the stack says it, with what the plan knows of the resources that it refers to."""
    text = plan.configured(change, attribute)
    if not isinstance(text, str):
        return text

    def known(match: re.Match[str]) -> str:
        group = change.neighbours.get(match[1], ())
        value = group[0].after.get(match[2]) if len(group) == 1 else None
        return json.dumps(value)[1:-1] if isinstance(value, str) else match[0]

    return _REFERENCE.sub(known, text)
