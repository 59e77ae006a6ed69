"""Receivers of a topic: whether somebody is told, and who reads along."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import Action
from ferry.review.plan.values import UNKNOWN, Hidden, document, is_set
from ferry.review.rules.combined.own import account_in, is_here, is_own
from ferry.review.rules.combined.publishers import named_by, names_of, publishers
from ferry.review.rules.conditions import refers_to
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Fine, Phrase
from ferry.review.rules.row import CREATED, DESTROYED, REPLACED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.values import Json

_SUBSCRIPTION: Final = "aws_sns_topic_subscription"
_SNS: Final = "https://docs.aws.amazon.com/sns/latest/dg"
_EMAIL: Final = f"{_SNS}/sns-email-notifications.html"
_FILTERING: Final = f"{_SNS}/sns-message-filtering.html"
_SUBSCRIBE: Final = "https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html"
_DEAD_LETTERS: Final = f"{_SNS}/sns-dead-letter-queues.html"

_ADDRESS: Final = re.compile(r"[^@\s,;]{1,64}@[^@\s,;]+\.[^@\s,;]+")
_PEOPLE: Final = {
    "email": _ADDRESS,
    "email-json": _ADDRESS,
    "sms": re.compile(r"\+?[0-9]{7,15}"),
}
"""The protocols whose endpoint is a person's, with the one address that SNS takes.

Source: https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html"""

_STRANGERS: Final = {
    "http": "{endpoint} is told, and what goes wrong travels there in clear.",
    "sms": "{endpoint} is told what goes wrong; the plan does not tell whose telephone it is.",
}
"""The protocols by which whoever it is may be a stranger, and what is said of them."""

_SERVICES: Final = {"application": "sns", "firehose": "firehose", "lambda": "lambda", "sqs": "sqs"}
"""The protocols whose endpoint is an ARN, with the service that it is of."""

_PAGE: Final = re.compile(r"https?://.*", re.DOTALL)
_TOPIC: Final = refers_to("aws_sns_topic", "aws_sns_topic_policy")
_ROLE: Final = refers_to("aws_iam_role")


def receivers_told(plan: Plan) -> Iterator[Finding | Fine]:
    """What becomes of every subscription to a topic."""
    known = _Known(plan)
    for change in plan.of(_SUBSCRIPTION):
        if change.goes:
            yield _goes(change, known)
        elif change.action is Action.CREATE:
            yield Fine(change=change, attribute=CREATED, because="One more receiver.")
        if change.comes or change.action is Action.UPDATE:
            yield from _reads(change, plan)
            yield from _filter(change, known)
            yield from _undelivered(change, plan)
            yield from _role(change, plan)
    yield from _unheard(plan)


@dataclass(frozen=True, slots=True)
class _Known:
    """What a plan holds, looked up once.

    Args:
        plan: The plan.
        told: How many receivers of a topic stay, have confirmed and are told of everything, by the
            way in which they are told.
        new: The topics that get a receiver.
        gone: The topics that go.
    """

    plan: Plan
    told: dict[str, Counter[str]] = field(default_factory=dict)
    new: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for change in self.plan.of(_SUBSCRIPTION):
            if change.comes:
                self.new.add(_of(change.after.get("topic_arn")))
            elif (
                change.stays
                and change.after.get("pending_confirmation") is not True
                and not is_set(change.after.get("filter_policy"))
            ):
                told = self.told.setdefault(_of(change.after.get("topic_arn")), Counter())
                told[_way(change.after)] += 1
        for topic in self.plan.of("aws_sns_topic"):
            arn = topic.before.get("arn")
            if topic.goes and isinstance(arn, str):
                self.gone.add(arn)


_WAYS: Final = {"email-json": "email", "http": "https"}
"""The protocols by which somebody is told in the way of another one."""

_AS_GOOD_AS_MAIL: Final = ("application", "https", "sms")
"""What reaches people as mail does, and wakes them. Machines alone read the other protocols."""


def _way(receiver: Mapping[str, Json]) -> str:
    """In which way a receiver is told."""
    protocol = str(receiver.get("protocol"))
    return _WAYS.get(protocol, protocol)


def _is_made_up_for(way: str, others: Counter[str]) -> bool:
    """Whether somebody is still told in a way, or in one that is as good."""
    return any(others[it] for it in (way, *(_AS_GOOD_AS_MAIL if way == "email" else ())))


def _of(topic: Json) -> str:
    return topic if isinstance(topic, str) else ""


def _unheard(plan: Plan) -> Iterator[Finding]:
    """A new topic that alarms or events tell, and that nobody subscribes to."""
    new = [it for it in plan.of("aws_sns_topic") if it.comes]
    if not new:
        return
    heard = {
        name for it in plan.of(_SUBSCRIPTION) if it.stays for name in named_by(it, "topic_arn")
    }
    told = plan.once(publishers)
    for topic in new:
        names = names_of(topic)
        if not names & heard and names & told.keys():
            yield Finding(
                danger=Danger.UNWATCHED,
                change=topic,
                effect=Phrase(
                    "Nobody subscribes to the new topic: what alarms and events tell it, nobody hears."
                ),
                source=_EMAIL,
            )


def _goes(change: Change, known: _Known) -> Finding | Fine:
    """A receiver goes; while another one is told, somebody is."""
    topic = _of(change.before.get("topic_arn"))
    attribute = REPLACED if change.action is Action.REPLACE else DESTROYED
    if change.before.get("pending_confirmation") is True:
        return Fine(change=change, attribute=attribute, because="It was never confirmed.")
    if topic in known.gone:
        return Fine(change=change, attribute=attribute, because="It goes with its topic.")
    others = known.told.get(topic, Counter())
    if _is_made_up_for(_way(change.before), others):
        return Fine(change=change, attribute=attribute, because="Another receiver is told.")
    if others:
        return Finding(
            danger=Danger.UNWATCHED,
            change=change,
            effect=Phrase(
                "The last receiver by {protocol} goes: whoever it wakes hears of alarms in no other way.",
                {"protocol": change.shown_before("protocol")},
            ),
            source=_EMAIL,
        )
    return Finding(
        danger=Danger.UNWATCHED,
        change=change,
        effect=Phrase(
            "The last receiver who has confirmed goes: until a new one does, alarms and events "
            "reach nobody."
            if topic in known.new or "" in known.new
            else "The last receiver goes: alarms and events reach nobody."
        ),
        source=_EMAIL,
    )


def _reads(change: Change, plan: Plan) -> Iterator[Finding | Fine]:
    """Who is told from now on."""
    topic, protocol, endpoint = map(change.after.get, ("topic_arn", "protocol", "endpoint"))
    if is_here(plan, topic, "sns") or _TOPIC(change, "topic_arn"):
        yield Fine(change=change, attribute="topic_arn", because="A topic of this account.")
    if not (change.changes("protocol") or change.changes("endpoint")):
        return
    page = endpoint.partly if isinstance(endpoint, Hidden) else endpoint
    service = _SERVICES.get(protocol) if isinstance(protocol, str) else None
    account = account_in(endpoint, service) if service else ""
    form = _PEOPLE.get(protocol) if isinstance(protocol, str) else None
    if form and isinstance(endpoint, str) and not form.fullmatch(endpoint):
        yield Finding(
            danger=Danger.REFUSED,
            change=change,
            attribute="protocol, endpoint",
            effect=Phrase(
                "SNS refuses {endpoint}: it is not one address of {protocol}.",
                {
                    "endpoint": change.shown_after("endpoint"),
                    "protocol": change.shown_after("protocol"),
                },
            ),
            source=_SUBSCRIBE,
        )
        return
    stranger = _stranger(protocol, page)
    if not stranger and account and not is_own(plan, endpoint, service or ""):
        stranger = "Something of another account is told what goes wrong: {endpoint}."
    if stranger:
        yield Finding(
            danger=Danger.WIDER_ACCESS,
            change=change,
            attribute="protocol, endpoint",
            effect=Phrase(stranger, {"endpoint": change.shown_after("endpoint")}),
            source=_SUBSCRIBE,
        )
    elif account or form:
        known = account or isinstance(endpoint, str)
        for name in ("protocol", "endpoint") if known else ("protocol",):
            yield Fine(change=change, attribute=name, because="One more receiver.")


def _stranger(protocol: Json, page: Json) -> str:
    """What is said of a telephone and of a page, of which nobody knows whose it is."""
    is_page = isinstance(page, str) and _PAGE.fullmatch(page)
    otherwise = "{endpoint} is told what goes wrong; the plan does not tell whose page that is."
    return _STRANGERS.get(str(protocol), otherwise if is_page else "")


def _filter(change: Change, known: _Known) -> Iterator[Finding | Fine]:
    """Of what a receiver is told; without a filter, of everything."""
    name, after = "filter_policy", change.after.get("filter_policy")
    if after is None or after == "":
        for it in (name, "filter_policy_scope"):
            yield Fine(change=change, attribute=it, because="The receiver is told of everything.")
    elif change.action is Action.CREATE and known.told.get(_of(change.after.get("topic_arn"))):
        for it in (name, "filter_policy_scope"):
            yield Fine(change=change, attribute=it, because="Another one is told of everything.")
    elif change.changes(name) and change.action is not Action.CREATE:
        yield Finding(
            danger=Danger.UNWATCHED,
            change=change,
            attribute=f"{name}, filter_policy_scope",
            effect=Phrase(
                "The receiver is told of other things: {after} in place of {before}.",
                change.shown_sides(name),
            ),
            source=_FILTERING,
        )


def _undelivered(change: Change, plan: Plan) -> Iterator[Finding | Fine]:
    """Where that goes which cannot be delivered."""
    name = "redrive_policy"
    after = change.after.get(name)
    if not change.changes(name) or after is UNKNOWN:
        return
    queue = (document(after) or {}).get("deadLetterTargetArn")
    if is_here(plan, queue, "sqs"):
        yield Fine(change=change, attribute=name, because="What is not delivered is kept.")
    elif (account_in(queue, "sqs") and not is_own(plan, queue, "sqs")) or not is_set(after):
        yield Finding(
            danger=Danger.WIDER_ACCESS if is_set(after) else Danger.UNWATCHED,
            change=change,
            attribute=name,
            effect=Phrase(
                "What cannot be delivered goes to another account: {after}."
                if is_set(after)
                else "What cannot be delivered is lost.",
                {"after": change.shown_after(name)},
            ),
            source=_DEAD_LETTERS,
        )


def _role(change: Change, plan: Plan) -> Iterator[Finding | Fine]:
    """The role by which SNS delivers to Firehose."""
    name = "subscription_role_arn"
    after = change.after.get(name)
    if is_own(plan, after, "iam") or _ROLE(change, name):
        yield Fine(change=change, attribute=name, because="A role of this account.")
    elif change.changes(name) and account_in(after, "iam"):
        yield Finding(
            danger=Danger.WIDER_ACCESS,
            change=change,
            attribute=name,
            effect=Phrase(
                "SNS delivers as another account's role, {after}.",
                {"after": change.shown_after(name)},
            ),
            source=_SUBSCRIBE,
        )
