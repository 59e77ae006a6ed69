"""The parts of a plan: what is done with each, and what of them cannot be judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ferry.review.plan.configuration import AWS, KNOWN_PROVIDERS
from ferry.review.plan.objects import members, objects
from ferry.review.plan.plan import Action, without_keys
from ferry.review.plan.whole import NEWEST_FORMAT, Check, Unread, Why

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ferry.review.plan.configuration import Configuration
    from ferry.review.plan.plan import Change
    from ferry.review.plan.values import Json

PARTS: Final[Mapping[str, str]] = {
    "format_version": "refused where it is not 1.x, not judged where it is newer than 1.2",
    "terraform_version": "shown",
    "resource_changes": "judged",
    "resource_drift": "judged where the plan leaves it so",
    "output_changes": "judged: where they lead, and what is no longer sensitive",
    "checks": "judged",
    "configuration": "judged: providers, provisioners, references",
    "planned_values": "compared with the changes",
    "prior_state": "compared with the changes",
    "variables": "searched for what is sensitive; what they lead to stands in the changes",
    "relevant_attributes": "left: it says which drift led to changes, and all drift is judged",
    "timestamp": "left: when the plan was made",
    "applyable": "compared with the changes",
    "complete": "not judged where false",
    "errored": "refused where true",
    "deferred_changes": "not judged",
    "action_invocations": "not judged",
    "deferred_action_invocations": "not judged",
    "not_judged": "what a masked plan's own could not be judged for",
}
"""Every part that Terraform 1.15 and earlier write, and what is done with it.

Sources: https://developer.hashicorp.com/terraform/internals/json-format#plan-representation,
https://github.com/hashicorp/terraform/blob/main/internal/command/jsonplan/plan.go
"""

_SAYS_NOTHING: Final[tuple[Any, ...]] = (None, "", [], {})
_HARMLESS_ARGUMENTS: Final = frozenset(
    {
        "allowed_account_ids",
        "default_tags",
        "forbidden_account_ids",
        "max_retries",
        "region",
        "retry_mode",
    }
)
"""Arguments of hashicorp/aws that do not decide whose AWS is asked, or are compared: region,
account. Source: https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs"""

_MOST_NAMED: Final = 5
_PASSED: Final = "pass"
_RUNS_PROVISIONERS: Final = frozenset(
    {Action.CREATE, Action.DELETE, Action.REPLACE, Action.OTHER, Action.FORGET}
)


def unread(
    parts: Mapping[str, Any], changes: Sequence[Change], found: Configuration, states: States
) -> Iterator[Unread]:
    """Everything in a plan that is beside its changes and cannot be judged.

    Args:
        parts: The plan's parts, those that are large left out.
        changes: Its changes.
        found: Its configuration.
        states: The addresses in its states.
    """
    yield from _unknown_parts(parts)
    yield from _put_off(parts)
    does = [it for it in changes if it.action not in {Action.NO_OP, Action.READ}]
    if parts.get("applyable") is False and (does or _changed_outputs(parts)):
        yield Unread(why=Why.NOT_APPLYABLE, name="applyable")
    yield from states.missing(changes, parts)
    yield from _of_configuration(found, does)
    if does and not any(it.before for it in changes):
        yield from _of_no_account(found)
    yield from (
        Unread(why=Why.PROVIDER, name=provider)
        for provider in sorted({it.provider for it in changes} - KNOWN_PROVIDERS - {""})
    )


def _unknown_parts(parts: Mapping[str, Any]) -> Iterator[Unread]:
    version = str(parts.get("format_version"))
    if int(version.partition(".")[2] or 0) > int(NEWEST_FORMAT.partition(".")[2]):
        yield Unread(why=Why.FORMAT, name=version)
    for name, part in parts.items():
        if name not in PARTS and part not in _SAYS_NOTHING:
            yield Unread(why=Why.PART, name=name)


def _put_off(parts: Mapping[str, Any]) -> Iterator[Unread]:
    named = list(_named(parts, "deferred_changes", Why.DEFERRED, inner="resource_change"))
    named += _named(parts, "action_invocations", Why.ACTION)
    named += _named(
        parts, "deferred_action_invocations", Why.DEFERRED_ACTION, inner="action_invocation"
    )
    named += _kept(parts.get("not_judged"))
    yield from named
    complete = parts.get("complete")
    if not named and complete is not None and complete is not True:
        yield Unread(why=Why.INCOMPLETE, name="complete")


def _kept(part: Json) -> Iterator[Unread]:
    """What a masked plan says of the plan that it was made of."""
    for item in objects(part):
        why = item.get("why")
        yield Unread(
            why=Why[why] if isinstance(why, str) and why in Why.__members__ else Why.PART,
            name=str(item.get("name")),
        )


def _named(parts: Mapping[str, Any], part: str, why: Why, *, inner: str = "") -> Iterator[Unread]:
    found = parts.get(part)
    if found in _SAYS_NOTHING:
        return
    items = objects(found)
    for item in items or [{}]:
        named = members(item.get(inner)) if inner else item
        yield Unread(why=why, name=str(named.get("address") or part))


def _of_configuration(found: Configuration, does: Iterable[Change]) -> Iterator[Unread]:
    if found.provisioners:
        ran = {
            address: found.provisioners[address]
            for it in does
            if it.action in _RUNS_PROVISIONERS
            and (address := without_keys(it.address)) in found.provisioners
        }
        for address, kinds in ran.items():
            yield Unread(why=Why.PROVISIONER, name=f"{address} ({', '.join(kinds)})")
    if found.unlike:
        yield Unread(why=Why.STACK, name=_some(found.unlike))
    for address in found.other_modes:
        yield Unread(why=Why.MODE, name=address)
    for provider in found.providers:
        if provider.full_name not in KNOWN_PROVIDERS:
            yield Unread(why=Why.PROVIDER, name=f"{provider.key} ({provider.full_name})")
        elif provider.full_name == AWS:
            for argument in provider.arguments:
                # Whose the role is that is taken is decided by the accounts that are allowed.
                is_held = argument == "assume_role" and provider.account_ids
                if argument not in _HARMLESS_ARGUMENTS and not is_held:
                    yield Unread(why=Why.ARGUMENT, name=f"{provider.key}.{argument}")


def _of_no_account(found: Configuration) -> Iterator[Unread]:
    """The providers that ask whatever account they have the credentials of.

    Source:
    https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs#allowed_account_ids
    """
    for provider in found.providers:
        if provider.full_name == AWS and not provider.account_ids:
            yield Unread(why=Why.ACCOUNT, name=provider.key)


def _changed_outputs(parts: Mapping[str, Any]) -> bool:
    return any(it.get("actions") != ["no-op"] for it in objects(parts.get("output_changes")))


@dataclass(frozen=True, kw_only=True, slots=True)
class States:
    """The managed resources in a plan's states, by address.

    A plan names every resource in its changes, those that stay as they are included. One that only
    refreshes has no changes, and no planned values of resources; without drift, it cannot be told
    from a plan whose changes are missing. Source: such plans of Terraform 1.11.

    Args:
        planned: Those that will be there.
        prior: Those that are there.
    """

    planned: Sequence[str] = ()
    prior: Sequence[str] = ()

    def missing(self, changes: Sequence[Change], parts: Mapping[str, Any]) -> Iterator[Unread]:
        """What stands in a state and in no change, in one sentence."""
        only_refreshes = not (self.planned or changes) and (
            bool(parts.get("resource_drift")) or _changed_outputs(parts)
        )
        if only_refreshes or parts.get("complete") is False:
            return
        named = {it.address for it in changes}
        left = sorted({*self.planned, *self.prior} - named)
        if left:
            yield Unread(why=Why.STATES, name=_some(left))


def _some(names: Sequence[str]) -> str:
    """The first of some names, and how many more there are."""
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def checks(part: Json) -> list[Check]:
    """The checks that did not pass, each instance by itself."""
    found = []
    for item in objects(part):
        instances = objects(item.get("instances"))
        if item.get("status") != _PASSED and all(it.get("status") == _PASSED for it in instances):
            found.append(Check(name=_name(item), status=str(item.get("status"))))
        found += [
            Check(
                name=_name(it) or _name(item),
                status=str(it.get("status")),
                messages=[
                    message
                    for problem in objects(it.get("problems"))
                    if isinstance(message := problem.get("message"), str)
                ],
            )
            for it in instances
            if it.get("status") != _PASSED
        ]
    return found


def _name(item: Mapping[str, Any]) -> str:
    return str(members(item.get("address")).get("to_display") or "")
