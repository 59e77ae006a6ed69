"""Tags by which something outside of the plan selects what it backs up, stops, deletes or uses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import Action
from ferry.review.plan.shown import joined
from ferry.review.plan.values import UNKNOWN
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase
from ferry.review.rules.row import HOWEVER_MADE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.values import Json

ATTRIBUTES: Final = ("tags_all", "tags")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Machine:
    """What acts on whatever bears a tag.

    Args:
        keys: The tags' keys, of which each account chooses its own.
        effect: What may come of it; ``{tags}`` stands for the keys.
        source: Where that is written.
        values: Values by which such a tag is known whatever its key is; none by default.
    """

    keys: re.Pattern[str]
    effect: str
    source: str
    values: re.Pattern[str] | None = None

    def goes_by(self, key: str, *values: Json) -> bool:
        """Whether it goes by a tag, of which the values before and after are given."""
        return bool(self.keys.search(key[:_LONGEST])) or any(
            self.values is not None and isinstance(it, str) and self.values.search(it[:_LONGEST])
            for it in values
        )


def _keys(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_LONGEST: Final = 256
"""The letters of a tag's value at most; a key has 128. Source:
https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html"""

_MACHINES: Final = (
    _Machine(
        keys=_keys(
            r"backup|snapshot|retention|schedul|auto[-_ ]?(start|stop)|shut[-_ ]?down|(?<!k)night|"
            r"weekend|(on|off|office|work|working|business)[-_ ]?hours?|(start|stop)[-_ ]?(after|at)|"
            r"^(start|stop)$|(up|down)[-_ ]?time|hibernat|lights[-_ ]?out|always[-_ ]?on|"
            r"(?<![a-z])(power|park(ed|ing|mycloud)?(?![a-z]))|auto[-_ ]?power|keep[-_ ]?(alive|on|running)|"
            r"(?<![a-z])(rpo|rto|dlm|dr[-_ ]?(class|plan|tier))(?![a-z])|veeam|rubrik|cohesity|n2ws"
        ),
        effect="Backups or a schedule may go by {tags}, which comes, goes or changes: what selects by "
        "it is not in the plan.",
        source="https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html",
    ),
    _Machine(
        keys=_keys(
            r"auto[-_ ]?(clean|delet|terminat)|delete[-_ ]?(after|at|by|me|on)|mark(ed)?[-_ ]for|"
            r"janitor|reaper|custodian|\bc7n|\bmaid_|expir|\bttl\b|nuke|clean[-_ ]?up|purge|sunset|"
            r"(do[-_ ]?not|don'?t|never|no)[-_ ]?(delet|remov|stop|terminat)|^keep([-_ ]?until)?$|"
            r"^protect(ed|ion)?$|life[-_ ]?time|(?<![a-z])lease|ephemeral|valid[-_ ]?until|"
            r"(decommission|delet(e|ion)|end|removal|terminat(e|ion))[-_ ]?(date|time)"
        ),
        effect="What cleans up accounts may go by {tags}, which comes, goes or changes: it stops or "
        "deletes what it finds, and is not in the plan.",
        source="https://cloudcustodian.io/docs/aws/examples/offhours.html",
        values=re.compile(r"@[0-9]{4}[/-][0-9]{2}[/-][0-9]{2}"),  # delete@2026/12/01
    ),
    _Machine(
        keys=_keys(
            r"(?<![a-z])monitor(ed|ing)?(?![a-z])|alert|alarm|datadog|dynatrace|new[-_ ]?relic|"
            r"pager[-_ ]?duty|opsgenie|prometheus|zabbix"
        ),
        effect="What watches accounts may go by {tags}, which comes, goes or changes: it watches more, "
        "less, or calls others.",
        source="https://docs.datadoghq.com/getting_started/tagging/",
    ),
    _Machine(
        keys=_keys(r"^([a-z0-9-]+\.)+[a-z]{2,}/|^(kubernetes|k8s|karpenter)\b"),
        effect="Kubernetes and its like go by {tags}, which comes, goes or changes: they put load "
        "balancers into a subnet, or give a security group to machines, because of such a tag.",
        source="https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/"
        "subnet_discovery",
    ),
)
"""Of other tags, such as owners, teams, names and cost centres, nothing is known that acts on them.
Further sources: https://docs.aws.amazon.com/solutions/latest/instance-scheduler-on-aws/tag-instances-for-scheduling.html,
https://github.com/rancher/aws-janitor, https://pypi.org/project/resoto-plugin-cleanup-expired/,
https://docs.aws.amazon.com/eks/latest/eksctl/eksctl-karpenter.html"""


def selecting_tags_change(plan: Plan) -> Iterator[Finding]:
    """A tag by which something outside of the plan acts comes, goes, or gets another value.

    What is new is told of where none of its type that is there bears the tag: the first bear what
    their environment's file says.
    """
    borne = _borne(plan)
    for change in plan.changes:
        is_looked_at = change.type in borne or change.action is not Action.CREATE
        if change.managed and change.action in HOWEVER_MADE and is_looked_at:
            like = borne.get(change.type, frozenset()) if change.action is Action.CREATE else ()
            for attribute in ATTRIBUTES:
                found = list(_found(change, attribute, like)) if change.changes(attribute) else []
                yield from found
                if found:
                    break


def _borne(plan: Plan) -> Mapping[str, AbstractSet[tuple[str, str]]]:
    """The tags that something there bears and keeps, by its type."""
    found: dict[str, set[tuple[str, str]]] = {}
    for it in plan.changes:
        if it.managed and it.stays and not it.comes:
            tags = {**_tags(it.after.get("tags")), **_tags(it.after.get("tags_all"))}
            found.setdefault(it.type, set()).update(
                (key, str(value)) for key, value in tags.items()
            )
    return found


def _found(change: Change, attribute: str, like: Collection[tuple[str, str]]) -> Iterator[Finding]:
    """What goes by tags that differ; where all are not known yet, those of one's own tell.

    Args:
        change: The change.
        attribute: One of `ATTRIBUTES`.
        like: Tags that others bear already, of which nothing is said.
    """
    if change.after.get(attribute) is UNKNOWN and isinstance(change.after.get("tags"), dict):
        return
    before, after = (_tags(side.get(attribute)) for side in (change.before, change.after))
    differ = [
        it
        for it in sorted({*before, *after})
        if before.get(it) != after.get(it) and (it, str(after.get(it))) not in like
    ]
    for machine in _MACHINES:
        keys = [it for it in differ if machine.goes_by(it, before.get(it), after.get(it))]
        if keys:
            yield Finding(
                danger=Danger.UNCLEAR,
                change=change,
                attribute=attribute,
                effect=Phrase(
                    machine.effect, {"tags": joined(change.shown(it, attribute) for it in keys)}
                ),
                source=machine.source,
            )


def _tags(value: Json) -> dict[str, Json]:
    """The tags, as far as they are known."""
    return value if isinstance(value, dict) else {}
