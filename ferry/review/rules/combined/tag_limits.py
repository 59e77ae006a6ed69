"""Tags that AWS refuses, in the middle of an apply."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from facts import tags
from ferry.review.plan.plan import Action
from ferry.review.plan.values import UNKNOWN
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase
from ferry.review.rules.timing import Timing, moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.shown import Shown

_SOURCE: Final = (
    "https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html"
)
_IAM: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html"
_ROLE: Final = "aws_iam_role"
_NO_OTHER_LETTERS: Final = (
    *("aws_cloudwatch_log_group", "aws_db_", "aws_dms_", "aws_iam_", "aws_rds_"),
)
"""The beginnings of types whose service refuses other letters: their APIs have a pattern for tags.
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_Tag.html,
https://docs.aws.amazon.com/dms/latest/APIReference/API_Tag.html,
https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html and
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagResource.html"""


_KEPT_BY_DMS: Final = ("aws:", "dms:")
"""What neither a key nor a value of DMS's begins with. Its page leaves out @ as well, which the addresses
of teams have: whether DMS refuses that is written nowhere else, so it is not told. Source:
https://docs.aws.amazon.com/dms/latest/APIReference/API_Tag.html"""

_DMS: Final = "https://docs.aws.amazon.com/dms/latest/APIReference/API_Tag.html"


def tags_are_taken(plan: Plan) -> Iterator[Finding]:
    """Tags that are set or change: how many there are, and what each is called and says."""
    for change in plan.changes if not plan.found else ():
        if change.managed and (change.comes or change.action is Action.UPDATE):
            attribute = "tags" if change.after.get("tags_all") is UNKNOWN else "tags_all"
            before, after = (
                found if isinstance(found := side.get(attribute), dict) else {}
                for side in (change.before, change.after)
            )
            if after != before:
                yield from _of(change, attribute, before, after)


def _of(
    change: Change, attribute: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Finding]:
    spelt = Counter(map(str.lower, after))
    if len(after) > max(tags.MOST, len(before)):
        yield _refused(change, f"A resource has {tags.MOST} tags at most: AWS refuses more.")
    for key, value in after.items():
        tag = change.shown(key, attribute)
        if key not in before:
            yield from _key(change, key, tag)
            if change.type == _ROLE and spelt[key.lower()] > 1:
                effect = (
                    "IAM tells a role's tags apart without regard to small and large letters: it "
                    "refuses {tag} beside another that is spelt like it."
                )
                yield _refused(change, effect, tag, source=_IAM)
        if value != before.get(key) and isinstance(value, str):
            if len(value) > tags.LONGEST_VALUE:
                effect = (
                    f"A tag's value has {tags.LONGEST_VALUE} characters at most: AWS refuses what "
                    "{tag} says."
                )
                yield _refused(change, effect, tag)
            if not tags.has_letters_of_tags(value):
                yield _letters(change, tag)
            if change.type.startswith("aws_dms_") and (
                value.lower().startswith(_KEPT_BY_DMS) or key.lower().startswith(_KEPT_BY_DMS[1])
            ):
                effect = "DMS keeps keys and values that begin with aws: or dms: for itself: it refuses {tag}."
                yield _refused(change, effect, tag, source=_DMS)


def _key(change: Change, key: str, tag: Shown) -> Iterator[Finding]:
    if tags.is_kept_by_aws(key):
        effect = (
            f"AWS keeps tags that begin with {tags.KEPT_BY_AWS} for itself: it refuses {{tag}}."
        )
        yield _refused(change, effect, tag)
    if not 1 <= len(key) <= tags.LONGEST_KEY:
        effect = f"A tag's key has 1 to {tags.LONGEST_KEY} characters: AWS refuses {{tag}}."
        yield _refused(change, effect, tag)
    if not tags.has_letters_of_tags(key):
        yield _letters(change, tag)


def _letters(change: Change, tag: Shown) -> Finding:
    """A key or a value has another letter than every service takes; some take more."""
    if change.type.startswith(_NO_OTHER_LETTERS):
        return _refused(change, f"A tag has {tags.LETTERS} alone: AWS refuses {{tag}}.", tag)
    return Finding(
        danger=Danger.UNCLEAR,
        change=change,
        attribute="tags",
        effect=Phrase(
            f"In a tag every service takes {tags.LETTERS}: no rule says that this one takes {{tag}}.",
            {"tag": tag},
        ),
        source=_SOURCE,
    )


def _refused(
    change: Change, effect: str, tag: Shown | None = None, *, source: str = _SOURCE
) -> Finding:
    return Finding(
        danger=Danger.REFUSED,
        change=change,
        attribute="tags",
        effect=Phrase(effect, {} if tag is None else {"tag": tag}),
        when=moment(change, Timing.NOW),
        source=source,
    )
