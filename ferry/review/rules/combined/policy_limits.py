"""Policies that AWS refuses as they are written: too long, of no version, with a Sid that it does not take.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from ferry.review.plan.objects import objects
from ferry.review.plan.plan import Action
from ferry.review.plan.policies import (
    ENDPOINT,
    INLINE,
    KEY,
    KEY_POLICY,
    POLICIES,
    ROLE,
    ROLE_POLICY,
    SECRET,
    SECRET_POLICY,
    role_of,
)
from ferry.review.plan.strict_json import DECODER
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase
from ferry.review.rules.timing import Timing, moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.values import Json

_IAM: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
_QUOTAS: Final = f"{_IAM}/reference_iam-quotas.html"
_SID: Final = f"{_IAM}/reference_policies_elements_sid.html"
_VERSION: Final = f"{_IAM}/reference_policies_elements_version.html"
_KMS: Final = "https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html"
_SECRETS: Final = (
    "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutResourcePolicy.html"
)
_SNS: Final = "https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html"
_VPC: Final = "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html"

_LONGEST: Final = {
    KEY: (32_768, _KMS),
    KEY_POLICY: (32_768, _KMS),
    SECRET: (20_480, _SECRETS),
    SECRET_POLICY: (20_480, _SECRETS),
    "aws_sns_topic": (30_720, _SNS),
    "aws_sns_topic_policy": (30_720, _SNS),
    ENDPOINT: (20_480, _VPC),
}
"""The bytes of a policy, which the provider sends without blanks."""

_LONGEST_OF_ROLE: Final = 10_240
"""The characters of a role's inline policies together; IAM counts no blanks."""

_VERSIONS: Final = ("2008-10-17", "2012-10-17")
_LETTERS: Final = re.compile(r"[A-Za-z0-9]*")
_BLANKS: Final = re.compile(r"\s+")


def policies_are_taken(plan: Plan) -> Iterator[Finding]:
    """Policies that are written: their length, their version and their Sids."""
    if plan.found:
        return
    for change in plan.of(*_LONGEST, ROLE, ROLE_POLICY):
        for attribute in POLICIES[change.type]:
            value = plan.configured(change, attribute)
            if _is_written(change, attribute) and attribute != INLINE:
                yield from _of(change, attribute, value)
    yield from _of_roles(plan)


def _is_written(change: Change, attribute: str) -> bool:
    return (change.comes or change.action is Action.UPDATE) and change.changes(attribute)


def _of(change: Change, attribute: str, value: Json) -> Iterator[Finding]:
    document = _read(value)
    if document is None:
        return
    most, page = _LONGEST.get(change.type, (0, ""))
    if most and len(_compact(document).encode(errors="surrogatepass")) > most:
        yield _refused(
            change, attribute, f"AWS refuses a policy of more than {most:,} bytes.", page
        )
    version = document.get("Version", _VERSIONS[0])
    if version not in _VERSIONS:
        effect = f"AWS refuses a policy of another version than {' and '.join(_VERSIONS)}."
        yield _refused(change, attribute, effect, _VERSION)
    found = document.get("Statement")
    said = objects([found] if isinstance(found, dict) else found)
    sids = Counter(it["Sid"] for it in said if isinstance(it.get("Sid"), str) and it["Sid"])
    for sid, times in sids.items():
        if times > 1:
            effect = "AWS refuses a policy with two statements of one Sid, {sid}."
            yield _refused(change, attribute, effect, _SID, sid)
        if change.type in {ROLE, ROLE_POLICY} and not _LETTERS.fullmatch(sid):
            effect = "IAM refuses the Sid {sid}: it takes letters from a to z and digits alone."
            yield _refused(change, attribute, effect, _SID, sid)


def _of_roles(plan: Plan) -> Iterator[Finding]:
    """Each role's policies are counted together; of blocks in a role, what it writes or shows."""
    sizes: Counter[str] = Counter()
    written = {}
    for change in plan.of(ROLE_POLICY):
        role = role_of(change, after=True)
        if change.stays and role:
            sizes[role] += _size(plan.configured(change, "policy"))
            if _is_written(change, "policy"):
                written[role] = change
    for role, change in written.items():
        if sizes[role] > _LONGEST_OF_ROLE:
            effect = f"IAM refuses more than {_LONGEST_OF_ROLE:,} characters of a role's inline policies."
            yield _refused(change, "policy", effect, _QUOTAS)


def _size(value: Json) -> int:
    document = _read(value)
    return 0 if document is None else len(_BLANKS.sub("", _compact(document)))


def _read(value: Json) -> dict[str, Any] | None:
    try:
        found = DECODER.decode(value) if isinstance(value, str) else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _compact(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _refused(change: Change, attribute: str, effect: str, source: str, sid: str = "") -> Finding:
    return Finding(
        danger=Danger.REFUSED,
        change=change,
        attribute=attribute,
        effect=Phrase(effect, {"sid": change.shown(sid, attribute)} if sid else {}),
        when=moment(change, Timing.NOW),
        source=source,
    )
