"""Policies: what their changes give to somebody, and what they take from what needs it.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html and
https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from facts.placement import CLOUDWATCH_ALARMS, RDS_EVENTS, RDS_MONITORING
from ferry.review.plan.patterns import covers
from ferry.review.plan.plan import Action
from ferry.review.plan.policies import (
    ENDPOINT,
    INLINE,
    KEY,
    KEY_POLICY,
    ROLE,
    ROLE_POLICY,
    SECRET,
    SECRET_POLICY,
    TRUST,
    Policies,
    PolicyChange,
    role_of,
)
from ferry.review.plan.said import MOST_COMPARISONS, Said
from ferry.review.plan.statements import Element, Statement, is_reference
from ferry.review.plan.values import UNKNOWN
from ferry.review.rules.combined.ending import goes_with_the_migration
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Fine, Phrase
from ferry.review.rules.row import CREATED, DESTROYED
from ferry.review.rules.timing import Timing, moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.shown import Shown
    from ferry.review.plan.values import Json

_SOURCE: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html"
_ATTACHMENT: Final = "aws_iam_role_policy_attachment"
_ATTACHED: Final = "managed_policy_arns"
_TOPIC_POLICY: Final = "aws_sns_topic_policy"
_TOPICS: Final = ("aws_sns_topic", _TOPIC_POLICY)

_SERVICES: Final = re.compile(
    r"(cloudwatch|dms|events\.rds|logs|monitoring\.rds|vpc-flow-logs)"
    r"(?:\.(?P<region>[a-z]{2,4}(-[a-z]+)+-[0-9]))?\.amazonaws\.(com|com\.cn|eu)"
)
"""The services of AWS that have a part in an environment: facts/placement.py, and DMS and CloudWatch
Logs of a region."""

_OF_SERVICES: Final = {
    **dict.fromkeys(
        (KEY, KEY_POLICY),
        frozenset(
            {
                *("kms:decrypt", "kms:decrypt*", "kms:describe*", "kms:describekey"),
                *("kms:encrypt", "kms:encrypt*", "kms:generatedatakey", "kms:generatedatakey*"),
                *("kms:generatedatakeywithoutplaintext", "kms:reencrypt*"),
                *("kms:reencryptfrom", "kms:reencryptto"),
            }
        ),
    ),
    **dict.fromkeys(_TOPICS, frozenset({"sns:publish"})),
}
"""What a service needs to use a key or a topic. Sources:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html and
https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html"""

_KNOWN: Final = re.compile(
    r"arn:aws[a-z-]*:iam::aws:policy/service-role/"
    r"(AmazonDMSCloudWatchLogsRole|AmazonDMSVPCManagementRole|AmazonRDSEnhancedMonitoringRole)"
)
"""AWS's policies that allow a service what it needs for one purpose. Sources:
https://docs.aws.amazon.com/dms/latest/userguide/security-iam.html#CHAP_Security.APIRole and
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonRDSEnhancedMonitoringRole.html"""

_OF_ROLES: Final = frozenset(
    {
        *("kms:decrypt", "kms:describekey"),
        *("logs:createlogstream", "logs:describeloggroups", "logs:describelogstreams"),
        "logs:putlogevents",
        *("secretsmanager:describesecret", "secretsmanager:getsecretvalue"),
    }
)
"""What the stacks' own roles may do: DMS reads secrets and what encrypts them, flow logs are written."""

_DESTRUCTIVE: Final = frozenset(
    {
        "kms:deletealias",
        "kms:disablekey",
        "kms:schedulekeydeletion",
        "secretsmanager:deletesecret",
        "sns:deletetopic",
    }
)
"""Actions that are denied to keep something from being lost."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Need:
    """What comes of it when a policy no longer allows what is needed.

    Args:
        danger: What kind of effect it is.
        actions: The actions that are needed; none for all that the policy allows.
        effect: What happens; ``{who}`` and ``{actions}`` stand for what is taken.
    """

    danger: Danger
    actions: tuple[str, ...] = ()
    effect: str

    @property
    def made(self) -> str:
        """What is said of what is new."""
        return self.effect.replace("may no longer", "may not")


_KEY_IS_USED: Final = (
    *("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"),
    *("kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"),
)
"""Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.Keys.html"""

_OF_KEY: Final = _Need(
    danger=Danger.OUTAGE,
    actions=_KEY_IS_USED,
    effect="{who} may no longer use the key ({actions}): Aurora, DMS, secrets, logs and alarms that "
    "need it fail.",
)
_OF_A_KEYS_GRANTS: Final = _Need(
    danger=Danger.OUTAGE,
    effect="{who} may no longer use the key ({actions}): what needs a new grant, such as a new or "
    "restored instance of Aurora or DMS, fails. Grants that are there go on.",
)
"""Source: https://docs.aws.amazon.com/kms/latest/developerguide/grants.html"""

_OF_ONES_OWN: Final = _Need(
    danger=Danger.OUTAGE,
    effect="{who} may no longer use the key ({actions}): what they do with it fails, services that use "
    "it for them included.",
)
_OF_ONE: Final = re.compile(r"AWS: arn:[a-z-]+:iam::[0-9]+:(role|user)/[^*?]+")
_GRANTS: Final = frozenset({"kms:creategrant"})

_OF_A_KEYS_SERVICES: Final = _Need(
    danger=Danger.UNWATCHED,
    effect="{who} may no longer use the key ({actions}): what they write or tell with it fails.",
)
"""CloudWatch's logs and alarms, RDS's and DMS's events, which a key's policy names themselves. Aurora, DMS and the
secrets use it for who calls them. Source: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-services.html"""

_OF_MONITORING: Final = _Need(
    danger=Danger.UNWATCHED,
    effect="{who} may no longer take the role ({actions}): RDS's enhanced monitoring ends.",
)
_MONITORS: Final = frozenset({RDS_MONITORING})
_TELLS: Final = re.compile(
    rf"(dms|logs)\.[a-z0-9.-]+|{re.escape(CLOUDWATCH_ALARMS)}|{re.escape(RDS_EVENTS)}"
)

_OF_SECRET: Final = _Need(
    danger=Danger.REPLICATION_STOP,
    actions=("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"),
    effect="{who} may no longer read the secret ({actions}).",
)

_NEEDS: Final[dict[tuple[str, str], _Need]] = {
    (KEY, "policy"): _OF_KEY,
    (KEY_POLICY, "policy"): _OF_KEY,
    (ROLE, TRUST): _Need(
        danger=Danger.REPLICATION_STOP,
        effect="{who} may no longer take the role ({actions}).",
    ),
    (ROLE, INLINE): _Need(
        danger=Danger.REPLICATION_STOP, effect="The role may no longer {actions}."
    ),
    (ROLE_POLICY, "policy"): _Need(
        danger=Danger.REPLICATION_STOP, effect="The role may no longer {actions}."
    ),
    (ENDPOINT, "policy"): _Need(
        danger=Danger.REPLICATION_STOP,
        effect="{who} may no longer {actions} through the endpoint.",
    ),
    (SECRET, "policy"): _OF_SECRET,
    (SECRET_POLICY, "policy"): _OF_SECRET,
    **dict.fromkeys(
        ((topic, "policy") for topic in _TOPICS),
        _Need(
            danger=Danger.UNWATCHED,
            actions=("sns:Publish",),
            effect="{who} may no longer publish to the topic: what it tells of reaches nobody.",
        ),
    ),
}

_MORE: Final = (
    "By its words the policy allows more than before, or denies less; the table has the statements."
)


def policy_findings(plan: Plan) -> Iterator[Finding | Fine]:
    """What the changes of policies give and take."""
    policies = plan.once(Policies)
    for it in policies.changes:
        destroyed = it.change.action is Action.DELETE
        unreadable = [*_unreadable(it, policies)]
        yield from unreadable
        if it.after is None:
            continue
        moved = policies.shift(it)
        takes = [part for part in moved.takes if not (part.is_of_plain_text or _keeps(part))]
        if destroyed and (
            it.change.type in _TOPICS or goes_with_the_migration(it.change, it.attribute)
        ):
            takes = []  # a row says what comes of it, or nobody needs it
        found = [*_given(it, moved.gives, policies)]
        if it.before is not None:
            found += _taken(it, takes, policies)
        yield from found
        if not takes and not found and not unreadable:
            because = "Nobody else is allowed anything, and nobody loses what is needed."
            for attribute in (DESTROYED,) if destroyed else (CREATED, it.attribute):
                yield Fine(change=it.change, attribute=attribute, because=because)


def _unreadable(it: PolicyChange, policies: Policies) -> Iterator[Finding]:
    if it.after is None:
        is_elsewhere = it.change.after.get(it.attribute) is UNKNOWN and not policies.plan.stack
        yield _finding(
            it,
            Danger.WIDER_ACCESS,
            "Its statements are known only after apply: read them in the code."
            if not is_elsewhere
            else "Its statements are not in the plan: give the stack, which says them, with --stack.",
        )
    if it.before is None or (it.after is None and it.before):
        yield _finding(
            it,
            _NEEDS[it.change.type, it.attribute].danger,
            "What the policy no longer allows cannot be told.",
            timing=Timing.NOW,
        )


def _given(it: PolicyChange, gives: Sequence[Statement], policies: Policies) -> Iterator[Finding]:
    """What is allowed that was not."""
    own = policies.plan.account_id
    of_identity = it.attribute == INLINE or it.change.type == ROLE_POLICY
    reachable = not of_identity and it.change.type != ENDPOINT
    if reachable and any(part.is_public for part in gives):
        yield _finding(it, Danger.PUBLIC_REACH, "A statement allows everyone.")
    if of_identity and any(part.is_boundless for part in gives):
        yield _finding(it, Danger.WIDER_ACCESS, "A statement allows everything on everything.")
    strangers = {who for part in gives for who in part.strangers(own)}
    if strangers:
        yield _finding(
            it,
            Danger.WIDER_ACCESS,
            "A statement allows {who}, which is not of the environment's account.",
            who=it.shown(strangers),
        )
    if not _is_new(it, policies):
        if not all(_is_for_a_service(it, part, policies.plan) for part in gives):
            yield _finding(it, Danger.WIDER_ACCESS, _MORE)
        return
    yield from _let_through(it, gives)
    yield from _to_services(it, gives, policies)
    people = [part for part in gives if part.allows and not part.names_services_alone]
    if it.attribute == TRUST and people and not strangers:
        yield _finding(
            it,
            Danger.WIDER_ACCESS,
            "{who} may take a new role: those of an environment are for AWS's services alone.",
            who=it.shown(_texts(part.principals for part in people)),
        )
    wide = [part for part in gives if part.allows and of_identity and not part.is_limited(own)]
    if any(not part.is_boundless for part in wide):
        yield _finding(
            it,
            Danger.WIDER_ACCESS,
            "A new role may {actions} on {resources}: more than a few things of this account.",
            actions=it.shown(_texts(part.actions for part in wide)),
            resources=it.shown(_texts(part.resources for part in wide)),
        )
    other = [part for part in gives if of_identity and part.allows and part not in wide]
    other = [part for part in other if not _is_of_an_environment(part, policies)]
    if other:
        yield _finding(
            it,
            Danger.WIDER_ACCESS,
            "A new role may {actions} on {resources}: no role of an environment does, or they are "
            "not of this one.",
            actions=it.shown(_texts(part.actions for part in other)),
            resources=it.shown(_texts(part.resources for part in other)),
        )


def _let_through(it: PolicyChange, gives: Sequence[Statement]) -> Iterator[Finding]:
    """What a new endpoint lets through to whomever, which is AWS's default."""
    if it.change.type == ENDPOINT and any(part.is_public and part.is_for_all for part in gives):
        yield _finding(
            it,
            Danger.WIDER_ACCESS,
            "The endpoint lets through every call to its service, in every account: data can leave "
            "by it.",
        )


def _to_services(
    it: PolicyChange, gives: Sequence[Statement], policies: Policies
) -> Iterator[Finding]:
    """What something new allows services of AWS beyond what they need."""
    region = policies.plan.identity.region
    services = {name for part in gives for name in part.services if not _has_a_part(name, region)}
    if services:
        yield _finding(
            it,
            Danger.WIDER_ACCESS,
            "A statement allows {who}, a service that has no part in an environment.",
            who=it.shown(services),
        )
    needs = _OF_SERVICES.get(it.change.type)
    wide = [part for part in gives if part.allows and part.services and needs]
    wide = [part for part in wide if not _needs_no_more(part, needs or frozenset())]
    if wide:
        yield _finding(
            it,
            Danger.WIDER_ACCESS,
            "{who} may {actions}: more than a service needs.",
            who=it.shown(_texts(part.principals for part in wide)),
            actions=it.shown(_texts(part.actions for part in wide)),
        )


def _is_of_an_environment(part: Statement, policies: Policies) -> bool:
    """Whether a limited statement allows what the stacks' roles may, on what is in the plan."""
    actions = {name.lower() for name in part.actions.names}
    only_lists = all(name.startswith(("kms:describe", "logs:describe")) for name in actions)
    return actions <= _OF_ROLES and (
        only_lists
        or _reads_secrets_alone(part, policies.plan.region)
        or all(is_reference(it) or _thing(it) in policies.things for it in part.resources.names)
    )


def _reads_secrets_alone(part: Statement, region: str) -> bool:
    """Whether a key decrypts nothing but secrets, which the role has to be allowed to read as well.

    Source: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
    """
    through = frozenset({f"secretsmanager.{region}.amazonaws.com"})
    return all(it.lower().startswith("kms:") for it in part.actions.names) and any(
        it.operator.lower() == "stringequals"
        and it.key.lower() == "kms:viaservice"
        and it.values == through
        for it in part.conditions
    )


def _thing(arn: str) -> str:
    """What an ARN is of; a log group's by its name, with or without its streams."""
    group = arn.partition(":log-group:")[2]
    return group.removesuffix(":*") or arn


def _has_a_part(service: str, region: str) -> bool:
    """Whether a service has a part in an environment; one of another region has none."""
    found = _SERVICES.fullmatch(service)
    return found is not None and (not region or found["region"] in {None, region})


def _needs_no_more(part: Statement, needs: frozenset[str]) -> bool:
    """Whether a statement allows a service what it needs, and nothing else."""
    return not part.actions.all_but and {it.lower() for it in part.actions.names} <= needs


def _is_for_a_service(it: PolicyChange, part: Statement, plan: Plan) -> bool:
    """Whether a statement lets a service that has a part in it use a key or a topic for the account."""
    needs = _OF_SERVICES.get(it.change.type)
    return (
        part.allows
        and needs is not None
        and part.names_services_alone
        and all(_has_a_part(name, plan.identity.region) for name in part.services)
        and _needs_no_more(part, needs)
        and part.acts_for(plan.account_id)
    )


def _taken(it: PolicyChange, takes: Sequence[Statement], policies: Policies) -> Iterator[Finding]:
    """What is no longer allowed of what is needed."""
    need = _NEEDS[it.change.type, it.attribute]
    sides = {True: Said(it.after or ()), False: Said(it.before or ())}
    others = sum(side.count(allows=allows) for allows, side in sides.items())
    if len(takes) * others > MOST_COMPARISONS:
        sides = dict.fromkeys(sides, Said(()))
    parts = [needed for part in takes for needed in _needed(part, need, sides[part.allows])]
    if parts:
        need = _narrower(it, need, parts)
        dated = any(_has_a_date(part) for part in it.after or () if part not in (it.before or ()))
        yield _finding(
            it,
            need.danger,
            (need.made if _is_of_something_new(it, policies) else need.effect)
            + (_BY_DATE if dated else ""),
            timing=Timing.NONE if dated else Timing.NOW,
            lasts="until a statement allows it again",
            who=it.shown(_texts(part.principals for part in parts)),
            actions=it.shown(_texts(part.actions for part in parts)),
        )


_BY_DATE: Final = " Where a statement has a date, from then on."


def _has_a_date(part: Statement) -> bool:
    """Whether a statement holds only before or after a date.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    return any(condition.operator.lower().startswith("date") for condition in part.conditions)


def _narrower(it: PolicyChange, need: _Need, parts: Sequence[Statement]) -> _Need:
    """What comes of it where less is lost: by some alone, or for what is yet to come."""
    if need is _OF_KEY and all(not it.all_but and _lower(it) <= _GRANTS for it in _actions(parts)):
        return _OF_A_KEYS_GRANTS
    who = _texts(part.principals for part in parts)
    if need is _OF_KEY and who and all(map(_OF_ONE.fullmatch, who)):
        return _OF_ONES_OWN
    if not all(part.names_services_alone for part in parts):
        return need
    if it.attribute == TRUST and all(part.services <= _MONITORS for part in parts):
        return _OF_MONITORING
    tells = all(_TELLS.fullmatch(it) for part in parts for it in part.services)
    return _OF_A_KEYS_SERVICES if need is _OF_KEY and tells else need


def _actions(parts: Sequence[Statement]) -> list[Element]:
    return [part.actions for part in parts]


def _lower(element: Element) -> set[str]:
    return {name.lower() for name in element.names}


def _needed(part: Statement, need: _Need, others: Said) -> Iterator[Statement]:
    """What of a part is needed, each action alone where a pattern names several."""
    if not need.actions or part.actions.all_but:
        yield part
        return
    for action in need.actions:
        if any(covers(name.lower(), action.lower()) for name in part.actions.names):
            alone = replace(part, actions=Element(frozenset({action})))
            yield from others.left_of(alone)


def _keeps(part: Statement) -> bool:
    """Whether a statement denies to lose something, and nothing else."""
    return (
        not part.allows
        and not part.actions.all_but
        and all(name.lower() in _DESTRUCTIVE for name in part.actions.names)
    )


def _is_new(it: PolicyChange, policies: Policies) -> bool:
    """Whether what the policy is about is itself made by this plan."""
    if it.change.action is not Action.CREATE:
        return False
    if it.change.type in {KEY_POLICY, SECRET_POLICY}:
        return policies.is_of_something_new(it.change)
    return it.change.type != ROLE_POLICY or policies.is_of_new_role(it.change)


def _is_of_something_new(it: PolicyChange, policies: Policies) -> bool:
    """Whether nobody relied on the policy yet; of a topic that is there, the plan knows the ARN."""
    is_of_old_topic = it.change.type == _TOPIC_POLICY and it.change.after.get("arn") is not UNKNOWN
    return _is_new(it, policies) and not is_of_old_topic


def _texts(elements: Iterable[Element]) -> set[str]:
    return {text for element in elements for text in element.texts}


def attachment_findings(plan: Plan) -> Iterator[Finding | Fine]:
    """What AWS's own policies open to the roles that they are attached to, and what goes with them."""
    policies = plan.once(Policies)
    attachments = plan.of(_ATTACHMENT)
    attached = {_pair(it, after=False) for it in attachments if role_of(it, after=False)}
    for change in attachments:
        stays_so = change.comes and _pair(change, after=False) == _pair(change, after=True)
        comes_last = not change.made_first
        if change.goes and stays_so and comes_last and role_of(change, after=True):
            because = "The role gets it again."
            yield Fine(change=change, attribute=DESTROYED, because=because)
        elif change.goes:
            yield _detached(change, "")
        if change.comes and _pair(change, after=True) in attached:
            yield from _fine(change, "The role has this policy already.")
        elif change.comes:
            is_new = policies.is_of_new_role(change)
            yield from _attached(change, [change.after.get("policy_arn")], is_new=is_new)
    for change in plan.of(ROLE):
        if change.action not in {Action.NO_OP, Action.DELETE} and change.changes(_ATTACHED):
            yield from _attached_to_role(change)


def _pair(change: Change, *, after: bool) -> tuple[str, str]:
    side = change.after if after else change.before
    return role_of(change, after=after), repr(side.get("policy_arn"))


def _detached(change: Change, attribute: str) -> Finding:
    return Finding(
        danger=Danger.REPLICATION_STOP,
        change=change,
        attribute=attribute,
        effect=Phrase("The role may no longer do what AWS's policy allowed."),
        when=moment(change, Timing.NOW),
        lasts="for good, or until another is attached",
        source="https://docs.aws.amazon.com/IAM/latest/UserGuide/"
        "access_policies_manage-attach-detach.html",
    )


def _attached(change: Change, policies: list[Json], *, is_new: bool) -> Iterator[Finding | Fine]:
    for policy in policies:
        if not isinstance(policy, str) or not _KNOWN.fullmatch(policy):
            effect = "The role gets {policy}, which allows more than one purpose needs."
        elif not is_new:
            effect = "A role that exists gets {policy}."
        else:
            continue
        attribute = _ATTACHED if change.type == ROLE else ""
        known = policy if isinstance(policy, str) else "(known after apply)"
        yield Finding(
            danger=Danger.WIDER_ACCESS,
            change=change,
            attribute=attribute,
            effect=Phrase(effect, {"policy": change.shown(known, _ATTACHED, "policy_arn")}),
            source=_SOURCE,
        )
        return
    yield from _fine(change, "It allows a service what it needs for one purpose.")


def _attached_to_role(change: Change) -> Iterator[Finding | Fine]:
    before, after = change.before.get(_ATTACHED), change.after.get(_ATTACHED)
    left_out = change.references is not None and _ATTACHED not in change.references
    if change.comes and not isinstance(after, list) and left_out:
        yield from _fine(change, "Its policies are resources of their own.")
        return
    old, new = (it if isinstance(it, list) else [] for it in (before, after))
    gone = [it for it in old if it not in new]
    come = [it for it in new if it not in old] if isinstance(after, list) else [after]
    if gone:
        yield _detached(change, _ATTACHED)
    if come:
        yield from _attached(change, come, is_new=change.comes)


def _fine(change: Change, because: str) -> Iterator[Fine]:
    attribute = _ATTACHED if change.type == ROLE else CREATED
    yield Fine(change=change, attribute=attribute, because=because)


def _finding(
    it: PolicyChange,
    danger: Danger,
    effect: str,
    *,
    timing: Timing = Timing.NONE,
    lasts: str = "",
    remedy: str = "",
    **values: Shown,
) -> Finding:
    return Finding(
        danger=danger,
        change=it.change,
        attribute="" if it.change.action is Action.DELETE else it.attribute,
        effect=Phrase(effect, values),
        when=moment(it.change, timing),
        lasts=lasts,
        remedy=Phrase(remedy),
        source=_SOURCE,
    )
