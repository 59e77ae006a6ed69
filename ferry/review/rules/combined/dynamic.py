"""Blocks of what is made that may be dynamic ones, which a plan's configuration leaves out.

What a new security group or route table does not name is known only after apply. So is what a dynamic
block makes of something that is not known yet: the stack alone tells which it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.review.plan.policies import is_left_out
from ferry.review.plan.values import UNKNOWN
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ferry.review.plan.plan import Plan

_RULES: Final = ("ingress", "egress")
_BLOCKS: Final[Mapping[str, Sequence[str]]] = {
    "aws_default_security_group": _RULES,
    "aws_route_table": ("route",),
    "aws_security_group": _RULES,
}
"""Blocks that AWS says where they are left out. Source: the provider's schema, in which they are
attributes, optional and computed, that are written as blocks."""

_DYNAMIC: Final = "https://developer.hashicorp.com/terraform/language/expressions/dynamic-blocks"


def may_be_dynamic(plan: Plan) -> Iterator[Finding]:
    """What is made may have blocks that nobody sees before the apply."""
    for type_, names in _BLOCKS.items():
        for change in plan.of(type_):
            said = change.references
            for name in names:
                if (
                    change.comes
                    and change.after.get(name) is UNKNOWN
                    and said is not None
                    and name not in said
                    and not is_left_out(plan, change, name)
                ):
                    yield Finding(
                        danger=Danger.UNCLEAR,
                        change=change,
                        attribute=name,
                        effect=Phrase(
                            "It is known only after apply, and a dynamic block may make anything "
                            "of it."
                        ),
                        remedy=Phrase("Review the plan with --stack: the stack says what it is."),
                        source=_DYNAMIC,
                    )
