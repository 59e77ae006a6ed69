"""Roles that keep the policies that they name themselves, and no others.

``inline_policy`` and ``managed_policy_arns`` are exclusive: the provider deletes, or detaches, whatever
else the role has, what is a resource of its own too; an empty block keeps nothing. Source:
https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/iam_role#inline_policy
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.review.plan.inline import PARTS, is_inline
from ferry.review.plan.objects import objects
from ferry.review.plan.plan import Action
from ferry.review.plan.policies import ROLE, role_of
from ferry.review.plan.shown import joined
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Fine, Phrase
from ferry.review.rules.timing import Timing, moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.values import Json

_SOURCE: Final = (
    "https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/iam_role"
)
_MOST_NAMED: Final = 5


def kept_alone(plan: Plan) -> Iterator[Finding | Fine]:
    """What comes of a role that keeps its own policies alone, and of those beside it."""
    for attribute, (type_, *_) in PARTS[ROLE].items():
        beside = _by_role(plan, type_)
        spoken: set[str] = set()
        for role in plan.of(ROLE):
            if not role.stays:
                continue
            name = role_of(role, after=True)
            others = beside.get(name, [])
            if role.changes(attribute):
                # What was found in a role is what AWS shows of all its policies, whoever made them.
                found = [] if plan.found else list(_changed(role, attribute, others))
                yield from found
                if not found:
                    yield Fine(change=role, attribute=attribute, because="")
            elif name not in spoken and role.after.get(attribute) and is_inline(role, attribute):
                # Of roles whose name is not known yet, such as those of for_each, one speaks for all.
                spoken.add(name)
                for other in others:
                    if other.action is not Action.NO_OP:
                        yield _alone(other, "", attribute, role, others)


_PARENT: Final = {
    "aws_iam_role_policy": "role",
    "aws_iam_role_policy_attachment": "role",
    "aws_route": "route_table_id",
    "aws_security_group_rule": "security_group_id",
    "aws_vpc_security_group_egress_rule": "security_group_id",
    "aws_vpc_security_group_ingress_rule": "security_group_id",
}
"""By what a part that is a resource of its own names its parent."""


def moved_into_its_parent(plan: Plan) -> Iterator[Finding]:
    """A part goes as a resource of its own, and its parent's configuration now says it.

    AWS has it once. What goes takes it away, and Terraform, which found it there before, makes it
    anew with the next apply only.
    """
    going: dict[tuple[str, str], list[Change]] = {}
    for change in plan.of(*_PARENT):
        named = change.before.get(_PARENT[change.type])
        if change.action is Action.DELETE and isinstance(named, str):
            going.setdefault((change.type, named), []).append(change)
    for parent in plan.of(*PARTS) if going else ():
        for attribute, types in PARTS[parent.type].items():
            if not (parent.stays and parent.after.get(attribute) and is_inline(parent, attribute)):
                continue
            names = {it for key in ("id", "name") if isinstance(it := parent.before.get(key), str)}
            for part in (
                it for type_ in types for name in names for it in going.get((type_, name), ())
            ):
                yield Finding(
                    danger=Danger.REPLICATION_STOP,
                    change=part,
                    effect=Phrase(
                        "{parent} says it itself from now on, and AWS has it once: it goes, and comes "
                        "back with the next apply only.",
                        {"parent": parent.shown_address},
                    ),
                    when=moment(part, Timing.NOW),
                    lasts="until the next apply",
                    remedy=Phrase(
                        "Let go of the resource with a removed block, and keep it in AWS."
                    ),
                    source="https://developer.hashicorp.com/terraform/language/resources/syntax",
                )


def _by_role(plan: Plan, type_: str) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = {}
    for change in plan.of(type_):
        if change.stays:
            found.setdefault(role_of(change, after=True), []).append(change)
    return found


def _changed(role: Change, attribute: str, others: Sequence[Change]) -> Iterator[Finding]:
    """What comes of other blocks, or another list, in a role."""
    before, after = role.before.get(attribute), role.after.get(attribute)
    if isinstance(after, list) and after:
        if others:
            yield _alone(role, attribute, attribute, role, others)
        elif role.before and not all(map(_is_named, after)):
            yield _finding(
                role,
                attribute,
                f"An empty {attribute} deletes every inline policy of {{role}}, whoever made it.",
                role,
                others,
            )
    elif role.action is Action.UPDATE:
        names = [block.get("name") for block in objects(before)]
        gone = [it for it in others if it.after.get("name") in names] if names else []
        if gone:
            yield _finding(
                role,
                attribute,
                "IAM has one policy of a name in a role: with the block of {role} goes {others}.",
                role,
                gone,
            )


def _alone(
    change: Change, at: str, attribute: str, role: Change, others: Sequence[Change]
) -> Finding:
    effect = (
        f"{{role}} keeps what its {attribute} names, and nothing else: {{others}} goes, with this apply "
        "or the next."
    )
    return _finding(change, at, effect, role, others)


def _is_named(block: Json) -> bool:
    return not isinstance(block, dict) or bool(block.get("name"))


def _finding(
    change: Change, attribute: str, effect: str, role: Change, others: Sequence[Change]
) -> Finding:
    values = {
        "role": role.shown_address,
        "others": joined(it.shown_address for it in others[:_MOST_NAMED]),
    }
    return Finding(
        danger=Danger.REPLICATION_STOP,
        change=change,
        attribute=attribute,
        effect=Phrase(effect, values),
        when=moment(change, Timing.NOW),
        remedy=Phrase("Keep each policy as a resource of its own, and none in the role."),
        source=_SOURCE,
    )
