"""The review of a plan: its verdict, and what led to it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ferry.findings import ExitStatus
from ferry.review.plan.plan import Action
from ferry.review.plan.policies import statement_changes
from ferry.review.plan.traffic import traffic_changes
from ferry.review.rules.combined.roles import administrator_notes
from ferry.review.rules.dangers import Danger
from ferry.review.rules.whole import judge_whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.policies import StatementChange
    from ferry.review.plan.traffic import TrafficChange
    from ferry.review.rules.dangers import Section
    from ferry.review.rules.finding import Finding, Phrase
    from ferry.review.rules.judging import Judgement


class Verdict(StrEnum):
    """What is to be done with a plan. The value is the words that are shown."""

    SAFE = "safe"
    SECOND_REVIEWER = "needs a second reviewer"
    BLOCKED = "blocked"
    NOT_JUDGED = "could not be judged"

    @property
    def status(self) -> ExitStatus:
        """What `ferry review` ends with."""
        return {
            Verdict.SAFE: ExitStatus.GOOD,
            Verdict.SECOND_REVIEWER: ExitStatus.LOOK,
            Verdict.NOT_JUDGED: ExitStatus.NOT_DONE,
            Verdict.BLOCKED: ExitStatus.STOP,
        }[self]


_DANGERS: Final = tuple(Danger)


@dataclass(frozen=True, kw_only=True)
class Review:
    """A reviewed plan.

    Args:
        environment: The environment's name.
        plan: The plan.
        block: The dangers that block; every other one asks for a second reviewer.
        judgement: What the rules say.
        notes: What else the reader should know, such as that the environment has no file.
    """

    environment: str
    plan: Plan
    block: AbstractSet[Danger]
    judgement: Judgement
    notes: Sequence[Phrase] = ()

    @cached_property
    def verdict(self) -> Verdict:
        """What is to be done. A plan that is blocked anyway is called so, judged whole or not."""
        dangers = {finding.danger for finding in self.judgement.findings}
        if dangers & self.block:
            return Verdict.BLOCKED
        if not self.is_judged:
            return Verdict.NOT_JUDGED
        return Verdict.SECOND_REVIEWER if dangers else Verdict.SAFE

    @property
    def is_judged(self) -> bool:
        """Whether every change could be judged."""
        return not (self.judgement.doubts or self.plan.unread)

    @property
    def exit_code(self) -> ExitStatus:
        """What `ferry review` ends with."""
        return self.verdict.status

    @cached_property
    def findings(self) -> Sequence[Finding]:
        """The effects: what blocks first, then by danger, then by place."""
        return sorted(
            self.judgement.findings,
            key=lambda it: (
                it.danger not in self.block,
                _DANGERS.index(it.danger),
                it.change.place,
            ),
        )

    def in_section(self, section: Section) -> list[Finding]:
        """The effects that stand in one part of the report."""
        return [finding for finding in self.findings if finding.section is section]

    @cached_property
    def changes(self) -> Sequence[Change]:
        """What will change, by place; what stays and what is only read is left out."""
        idle = {Action.NO_OP, Action.READ}
        return sorted(
            (
                it
                for it in self.plan.changes
                if it.managed and (it.action not in idle or it.previous_address or it.imported)
            ),
            key=lambda it: (it.place, it.address),
        )

    @cached_property
    def drift(self) -> Sequence[Change]:
        """What differs from Terraform's last run; a value that is empty in another way does not."""
        return [it for it in self.plan.drift if it.action is not Action.UPDATE or it.changed()]

    @cached_property
    def counts(self) -> Counter[Action]:
        """How many resources each action is planned for, in the order of the actions."""
        found = Counter(it.action for it in self.changes)
        return Counter({it: found[it] for it in Action if it in found and it is not Action.NO_OP})

    @cached_property
    def statements(self) -> Sequence[StatementChange]:
        """The policies' statements that go and come."""
        return list(statement_changes(self.plan))

    @cached_property
    def traffic(self) -> Sequence[TrafficChange]:
        """The security groups' rules that go and come."""
        return list(traffic_changes(self.plan))


def review(
    plan: Plan, *, environment: str, block: AbstractSet[Danger], notes: Sequence[Phrase] = ()
) -> Review:
    """Review a plan.

    Args:
        plan: The plan.
        environment: The environment's name.
        block: The dangers that block; every other one asks for a second reviewer.
        notes: What else the reader should know; nothing by default.
    """
    return Review(
        environment=environment,
        plan=plan,
        block=block,
        judgement=judge_whole(plan),
        notes=[*notes, *administrator_notes(plan)],
    )
