"""An edit of what is deployed, in data, and the plan that Terraform would show for it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tests.unit.ferry.review.held.base import (
    AWS,
    ENVIRONMENT,
    Base,
    account,
    checks,
    configuration,
    created,
    deployed,
    deployed_outputs,
    expressions,
    refreshed,
    stack,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from ferry.review.plan.values import Json
    from tests.unit.ferry.review.held.base import Resource

DEPLOYED = "the environment"
ACCOUNTS = "the account's stack"
NOTHING = "nothing"

UNKNOWN: Any = object()
"""In a value's place: known only after apply."""

SAFE = frozenset({0})
SECOND = frozenset({1})
NOT_JUDGED = frozenset({3})
BLOCKED = frozenset({4})
SECOND_OR_BLOCKED = frozenset({1, 4})
"""Whether a guardrail forbids it is a matter of opinion; that somebody else looks at it is not."""
SECOND_OR_NOT_JUDGED = frozenset({1, 3})
NOT_SAFE = frozenset({1, 3, 4})
"""Something that the stacks do not hold, or that a plan does not tell: only 'safe' is wrong."""

_ACTIONS = {
    "no-op": ["no-op"],
    "read": ["read"],
    "create": ["create"],
    "update": ["update"],
    "delete": ["delete"],
    "replace": ["delete", "create"],
    "replace-first": ["create", "delete"],
    "forget": ["forget"],
}
_MADE_BY_AWS = ("arn", "id", "endpoint_arn", "replication_task_arn", "replication_instance_arn")


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that is edited.

    Args:
        action: What Terraform does; 'part' for a part of the plan itself, 'everywhere' for a text
            that is another one everywhere.
        name: The resource's name in the base, or the address of what is new.
        was: Attributes that were deployed otherwise than in the base.
        to: Attributes and what they become, UNKNOWN for what AWS decides.
        because: The attributes that make Terraform replace it.
        hidden: The attributes that are sensitive afterwards; ``*`` for the whole resource.
        was_hidden: The same of before.
        beside: What else stands in the plan beside the change.
        written: The arguments of what is new, as the plan's configuration shows them; none where it
            is like nothing else.
        drift: Whether it was found changed outside Terraform, instead of planned.
    """

    action: str
    name: str
    was: Mapping[str, Any] = field(default_factory=dict)
    to: Mapping[str, Any] = field(default_factory=dict)
    because: Sequence[str] = ()
    hidden: Sequence[str] = ()
    was_hidden: Sequence[str] = ()
    beside: Mapping[str, Any] = field(default_factory=dict)
    written: Mapping[str, Any] = field(default_factory=dict)
    drift: bool = False


@dataclass(frozen=True, kw_only=True)
class Held:
    """An edit and the verdicts that are right.

    Args:
        name: What is edited, for the test's name.
        edit: The steps.
        expected: The exit statuses of the verdicts that a careful reviewer gives.
        why: The reason, in one sentence.
        of: What is deployed: the environment, the account's stack, or nothing.
        environment: The environment that is asked about.
        stack_text: The synthesized stack that is given beside the plan; none where what is edited
            would not be in it.
        secret: What no report may show; none by default.
    """

    name: str
    edit: Sequence[Step]
    expected: frozenset[int]
    why: str
    of: str = DEPLOYED
    environment: str = ENVIRONMENT
    stack_text: str | None = None
    secret: str = ""


def edited(
    name: str, why: str, /, *edit: Step, expected: frozenset[int] = SECOND_OR_BLOCKED
) -> Held:
    """An edit of the environment, which somebody else should look at unless it says otherwise."""
    return Held(name=name, edit=edit, expected=expected, why=why)


def value_of(name: str, attribute: str) -> Json:
    """What is deployed of an attribute."""
    value: Json = _values(name)[attribute]
    return value


def updates(
    name: str,
    /,
    *,
    was: Mapping[str, Any] | None = None,
    hidden: Sequence[str] = (),
    was_hidden: Sequence[str] = (),
    beside: Mapping[str, Any] | None = None,
    **to: Json,
) -> Step:
    """A resource is changed in place."""
    return Step(
        action="update",
        name=name,
        was=was or {},
        to=to,
        hidden=hidden,
        was_hidden=was_hidden,
        beside=beside or {},
    )


def creates(
    address: str,
    /,
    *,
    like: str = "",
    hidden: Sequence[str] = (),
    beside: Mapping[str, Any] | None = None,
    **to: Json,
) -> Step:
    """A resource is made; like one of the base, but for what is named, where that is given."""
    return Step(
        action="create",
        name=address,
        to={**_made_like(like), **to} if like else to,
        hidden=hidden,
        beside=beside or {},
        written=_written_like(like, to) if like else {},
    )


def deletes(
    name: str,
    /,
    *,
    was: Mapping[str, Any] | None = None,
    beside: Mapping[str, Any] | None = None,
) -> Step:
    """A resource is destroyed."""
    return Step(action="delete", name=name, was=was or {}, beside=beside or {})


def replaces(
    name: str,
    /,
    *because: str,
    was: Mapping[str, Any] | None = None,
    beside: Mapping[str, Any] | None = None,
    **to: Json,
) -> Step:
    """A resource is destroyed and made anew."""
    made = {it: UNKNOWN for it in _MADE_BY_AWS if it in _values(name)}
    return Step(
        action="replace",
        name=name,
        was=was or {},
        to={**made, **to},
        because=because or tuple(to),
        beside=beside or {},
    )


def forgets(name: str, /) -> Step:
    """A resource is left in AWS, and Terraform no longer knows it."""
    return Step(action="forget", name=name)


def leaves(
    name: str,
    /,
    *,
    was: Mapping[str, Any] | None = None,
    hidden: Sequence[str] = (),
    was_hidden: Sequence[str] = (),
    beside: Mapping[str, Any] | None = None,
) -> Step:
    """Nothing happens to a resource, but it is deployed otherwise, moved, or marked."""
    return Step(
        action="no-op",
        name=name,
        was=was or {},
        hidden=hidden,
        was_hidden=was_hidden,
        beside=beside or {},
    )


def reads(address: str, /, **to: Json) -> Step:
    """A data source is read while the plan is applied."""
    return Step(action="read", name=address, to=to)


def drifts(name: str, /, **to: Json) -> Step:
    """A resource was found changed outside Terraform."""
    return Step(action="update", name=name, to=to, drift=True)


def vanishes(name: str, /) -> Step:
    """A resource was found deleted outside Terraform."""
    return Step(action="delete", name=name, drift=True)


def part(name: str, /, value: Json) -> Step:
    """A part of the plan itself is another one; None takes it out."""
    return Step(action="part", name=name, to={"value": value})


def output(name: str = "cluster_id", /, **change: Json) -> Step:
    """An output changes, of nothing to nothing and open to all but for what is named."""
    return part("output_changes", {name: _shown(change)})


def leads(was: Mapping[str, Json] | None = None, /, **to: Json) -> Step:
    """Outputs lead elsewhere; None for one that goes, UNKNOWN for what AWS decides.

    Args:
        was: What they are; by default those of the environment.
        to: What they become.
    """
    was = deployed_outputs() if was is None else was
    changes: dict[str, dict[str, Any]] = {
        name: {
            "actions": ["delete" if value is None else "update" if name in was else "create"],
            "before": was.get(name),
            "after": _known(value) if value is not UNKNOWN else None,
            "after_unknown": _unknown(value),
        }
        for name, value in to.items()
    }
    return part("output_changes", {name: _shown(it) for name, it in changes.items()})


def _shown(change: Mapping[str, Any]) -> dict[str, Any]:
    mask = {"before_sensitive": False, "after_sensitive": False}
    shown = {"actions": ["update"], "before": None, "after": None, "after_unknown": False, **mask}
    return {**shown, **change}


def everywhere(old: str, new: str) -> Step:
    """A text is another one in the whole plan."""
    return Step(action="everywhere", name=old, to={"value": new})


def _values(name: str) -> Mapping[str, Any]:
    return (deployed().get(name) or account()[name]).values


def _made_like(name: str) -> dict[str, Any]:
    """What Terraform plans for another resource like one that is deployed.

    What the stack takes from elsewhere is known by now; what AWS decides is not.
    """
    change = created()[name]
    resource = deployed()[name]
    written = stack(ENVIRONMENT)["resource"][resource.type][resource.address.partition(".")[2]]
    found = {key: value for key, value in change["after"].items() if value is not None}
    for key, unknown in change["after_unknown"].items():
        if unknown is True:
            found[key] = UNKNOWN
    taken = {key for key, value in written.items() if "${" in json.dumps(value)}
    return found | {key: resource.values[key] for key in taken & resource.values.keys()}


def _written_like(name: str, to: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of another resource like one that is deployed, but for what is named."""
    resource = deployed()[name]
    body = stack(ENVIRONMENT)["resource"][resource.type][resource.address.partition(".")[2]]
    kept = {key: value for key, value in body.items() if key not in to}
    named = {key: value for key, value in to.items() if value is not None and value is not UNKNOWN}
    return expressions({**kept, **named})


def _configuration(held: Held) -> dict[str, Any]:
    """The plan's configuration: that of the stack, and what is new in it."""
    if held.of == ACCOUNTS:
        return {}
    found = configuration(held.environment)
    new = [
        {"address": it.name.partition("[")[0], "mode": "managed", "expressions": it.written}
        for it in held.edit
        if it.written
    ]
    root = found["root_module"]
    return {**found, "root_module": {**root, "resources": [*root["resources"], *new]}}


# What is written in JSON, or in lists of blocks: the base's, edited


def policy(
    name: str,
    attribute: str = "policy",
    *,
    without: Iterable[str] = (),
    more: Iterable[Mapping[str, Any]] = (),
    **changed: Mapping[str, Any],
) -> str:
    """A policy with statements taken out, changed, by their Sid, or added."""
    document = json.loads(_values(name)[attribute])
    sids = [it.get("Sid", "") for it in document["Statement"]]
    unknown = {*without, *changed} - set(sids)
    if unknown:
        raise ValueError(f"{name} has no statement {unknown}, only {sids}")
    document["Statement"] = [
        *(
            {**it, **changed.get(it.get("Sid", ""), {})}
            for it in document["Statement"]
            if it.get("Sid", "") not in set(without)
        ),
        *more,
    ]
    return json.dumps(document, separators=(",", ":"))


def statement(name: str, sid: str, attribute: str = "policy") -> dict[str, Any]:
    """A statement of a policy."""
    found = json.loads(_values(name)[attribute])["Statement"]
    return next(dict(it) for it in found if it.get("Sid") == sid)


def trust(name: str, **changed: Json) -> str:
    """A role's trust policy with its only statement changed; None takes a part out."""
    document = json.loads(_values(name)["assume_role_policy"])
    [only] = document["Statement"]
    edited = {**only, **changed}
    document["Statement"] = [{k: v for k, v in edited.items() if v is not None}]
    return json.dumps(document, separators=(",", ":"))


def statements(*them: Mapping[str, Any]) -> str:
    """A policy of these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(them)}, separators=(",", ":"))


def settings(name: str, **sections: Mapping[str, Any]) -> str:
    """A task's settings with some of its sections changed."""
    document = json.loads(_values(name)["replication_task_settings"])
    for section, changed in sections.items():
        unknown = set(changed) - set(document[section])
        if unknown:
            raise ValueError(f"{section} has no {unknown}")
        document[section] = {**document[section], **changed}
    return json.dumps(document)


def rule(number: int, schema: str, table: str, action: str = "include") -> dict[str, Any]:
    """A selection rule of a task's table mappings."""
    return {
        "object-locator": {"schema-name": schema, "table-name": table},
        "rule-action": action,
        "rule-id": str(number),
        "rule-name": f"selection-{number}",
        "rule-type": "selection",
    }


def mappings(*rules: Mapping[str, Any]) -> str:
    """A task's table mappings."""
    return json.dumps({"rules": list(rules)})


def parameters(name: str, *, without: Iterable[str] = (), **more: Json) -> list[dict[str, Any]]:
    """A group's parameters, some taken out, some set; ``__`` stands for the dot of a name.

    A value alone is applied at once; a pair names its value and apply method.
    """
    found = {it["name"]: it for it in _values(name)["parameter"] if it["name"] not in set(without)}
    for key, given in more.items():
        value, method = given if isinstance(given, tuple) else (given, "immediate")
        key = key.replace("__", ".")  # noqa: PLW2901 - the parameter's name
        found[key] = {"apply_method": method, "name": key, "value": str(value)}
    return [found[key] for key in sorted(found)]


def attributes(name: str, **changed: str) -> str:
    """An endpoint's extra connection attributes, some changed; '' takes one out."""
    pairs = [it.partition("=") for it in _values(name)["extra_connection_attributes"].split(";")]
    found = {**{key: value for key, _, value in pairs}, **changed}
    return ";".join(f"{key}={value}" for key, value in found.items() if value)


def postgres(name: str, **changed: Json) -> list[dict[str, Any]]:
    """An endpoint's PostgreSQL settings, some changed."""
    [block] = _values(name)["postgres_settings"]
    unknown = set(changed) - set(block)
    if unknown:
        raise ValueError(f"postgres_settings has no {unknown}")
    return [{**block, **changed}]


def ingress(*cidrs: str, v6: Sequence[str] = (), port: int = 5432) -> dict[str, Any]:
    """A rule that a security group holds itself."""
    return {
        "cidr_blocks": list(cidrs),
        "description": "",
        "from_port": port,
        "ipv6_cidr_blocks": list(v6),
        "prefix_list_ids": [],
        "protocol": "tcp",
        "security_groups": [],
        "self": False,
        "to_port": port,
    }


# The plan


def _known(value: Json) -> Json:
    """A value without what AWS decides."""
    if isinstance(value, dict):
        return {key: _known(it) for key, it in value.items() if it is not UNKNOWN}
    if isinstance(value, list):
        return [None if it is UNKNOWN else _known(it) for it in value]
    return value


def _unknown(value: Json) -> Json:
    """Where AWS decides, as ``after_unknown`` says it."""
    if value is UNKNOWN:
        return True
    if isinstance(value, dict):
        found = {key: _unknown(it) for key, it in value.items()}
        return {key: it for key, it in found.items() if it not in (False, {}, [])}
    if isinstance(value, list):
        return [_unknown(it) for it in value]
    return False


def _mask(base: Mapping[str, Any], hidden: Sequence[str]) -> Json:
    return True if "*" in hidden else {**base, **dict.fromkeys(hidden, True)}


def _item(address: str, change: Mapping[str, Any], beside: Mapping[str, Any]) -> dict[str, Any]:
    mode, bare = ("data", address[5:]) if address.startswith("data.") else ("managed", address)
    type_, _, name = bare.partition(".")
    provider = AWS if type_.startswith("aws_") else f"terraform.io/builtin/{type_.split('_')[0]}"
    item = {
        "address": address,
        "mode": mode,
        "type": type_,
        "name": name.partition("[")[0],
        "provider_name": provider,
    }
    return {**item, **beside, "change": {**change, **beside.get("change", {})}}


def _idle(resource: Resource) -> dict[str, Any]:
    change = {
        "actions": ["no-op"],
        "before": resource.values,
        "after": resource.values,
        "after_unknown": {},
        "before_sensitive": resource.mask,
        "after_sensitive": resource.mask,
    }
    return _item(resource.address, change, {})


@dataclass(frozen=True, kw_only=True, slots=True)
class _Written:
    """One of resource_changes in JSON, and what the states say of it; none where they say nothing."""

    item: str
    before: str
    after: str


def _json(value: Json) -> str:
    return json.dumps(value, separators=(",", ":"))


def _written(item: Mapping[str, Any]) -> _Written:
    before, after = (_json(it) if it else "" for it in _in_states(item))
    return _Written(item=_json(item), before=before, after=after)


_KEPT: dict[int, tuple[Resource, dict[str, Any], _Written]] = {}
"""By id, of what is deployed, which stays as long as this: nearly all of each plan is of it."""


def _kept(resource: Resource) -> tuple[dict[str, Any], _Written]:
    if id(resource) not in _KEPT:
        item = _idle(resource)
        _KEPT[id(resource)] = (resource, item, _written(item))
    _, item, written = _KEPT[id(resource)]
    return item, written


def _tagged(before: Mapping[str, Any], to: Mapping[str, Any]) -> dict[str, Any]:
    """What is edited, with ``tags_all`` after ``tags`` as the provider plans it."""
    if "tags" not in to or "tags_all" in to:
        return dict(to)
    default = {
        key: value
        for key, value in (before.get("tags_all") or {}).items()
        if key not in (before.get("tags") or {})
    }
    return {**to, "tags_all": {**default, **(to["tags"] or {})}}


def _edited(step: Step, resource: Resource | None) -> dict[str, Any]:
    """One of resource_changes, or of resource_drift."""
    mask = resource.mask if resource else {}
    before = {**resource.values, **step.was} if resource else None
    to = _tagged(before, step.to) if before else dict(step.to)
    after: dict[str, Any] | None = {**(before or {}), **to}
    if step.action in {"delete", "forget"}:
        after = None
    if step.action in {"create", "read"}:
        before = None
    change: dict[str, Any] = {
        "actions": _ACTIONS.get(step.action, [step.action]),
        "before": before,
        "after": None if after is None else _known(after),
        "after_unknown": {} if after is None else _unknown(after),
        "before_sensitive": False if before is None else _mask(mask, step.was_hidden),
        "after_sensitive": False if after is None else _mask(mask, step.hidden),
    }
    if step.because:
        change["replace_paths"] = [[it] for it in step.because]
    beside = dict(step.beside)
    reasons = {
        "replace": "replace_because_cannot_update",
        "delete": "delete_because_no_resource_config",
    }
    if step.action in reasons and not step.drift and "deposed" not in beside:
        beside.setdefault("action_reason", reasons[step.action])
    return _item(resource.address if resource else step.name, change, beside)


def _in_states(item: Mapping[str, Any]) -> Iterator[dict[str, Any] | None]:
    """What prior_state and planned_values show of a change; None where it is not in there."""
    for side in ("before", "after"):
        if item["change"][side] is None or "deposed" in item:
            yield None
        else:
            yield {
                **{key: item[key] for key in ("address", "mode", "type", "name", "provider_name")},
                "schema_version": 0,
                "values": item["change"][side],
                "sensitive_values": item["change"][f"{side}_sensitive"],
            }


def _list(texts: Iterable[str]) -> str:
    return f"[{','.join(filter(None, texts))}]"


def _made_again(step: Step, resource: Resource) -> dict[str, Any]:
    """What was deleted outside, and is made anew at its address."""
    name = resource.address.partition(".")[2]
    return {**_edited(step, None), "address": resource.address, "name": name}


def _found(step: Step, resource: Resource) -> Resource:
    """A resource as it was found when it was refreshed."""
    return replace(resource, values={**resource.values, **step.to})


def _seen(held: Held, base: Base) -> Iterator[dict[str, Any]]:
    """The drift that Terraform finds by itself, but of what was deployed or found otherwise."""
    otherwise = {it.name for it in held.edit if it.was or it.drift}
    for name, was in base.unseen.items():
        if name not in otherwise:
            resource = base.resources[name]
            to = {it: resource.values[it] for it in was}
            yield _edited(Step(action="update", name=name, was=was, to=to), resource)


def _items(
    held: Held, base: Mapping[str, Resource]
) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
    """The plan's resource_changes by name, and its resource_drift."""
    found = [it for it in held.edit if it.drift]
    drift = [_edited(it, base[it.name]) for it in found]
    otherwise = {it.name: _found(it, base[it.name]) for it in found}
    base = {**base, **otherwise}
    gone = {it.name for it in found if it.action == "delete"}
    items = {
        name: _idle(resource) if name in otherwise else _kept(resource)[0]
        for name, resource in base.items()
        if name not in gone
    }
    for step in held.edit:
        if step.action in {"part", "everywhere"} or step.drift:
            continue
        if step.action in {"create", "read"} and step.name not in base:
            items[step.name] = _edited(step, None)
        elif step.action == "create":
            items[step.name] = _made_again(step, base[step.name])
        else:
            key = f"{step.name} {step.beside.get('deposed', '')}".rstrip()
            items[key] = _edited(step, base[step.name])
    return items, drift


def _outputs() -> dict[str, Any]:
    """The outputs, which stay."""
    return {
        name: {
            "actions": ["no-op"],
            "before": value,
            "after": value,
            "after_unknown": False,
            "before_sensitive": False,
            "after_sensitive": False,
        }
        for name, value in deployed_outputs().items()
    }


def plan_text(held: Held, begin: Callable[[], Base] = refreshed) -> str:
    """The plan of an edit, as ``terraform show -json`` prints it.

    Args:
        held: The edit.
        begin: How the environment is there before, where that is what is edited; by default as
            Terraform has it once it has looked.
    """
    base = {DEPLOYED: begin(), ACCOUNTS: Base(resources=account()), NOTHING: Base(resources={})}
    items, drift = _items(held, base[held.of].resources)
    drift += _seen(held, base[held.of])
    parts = {it.name: it.to["value"] for it in held.edit if it.action == "part"}
    changes = list(items.values())
    kept = {id(item): written for _, item, written in _KEPT.values()}
    written = [kept.get(id(it)) or _written(it) for it in changes]
    resources = '{"root_module":{"resources":%s}}'
    known = {
        "planned_values": resources % _list(it.after for it in written),
        "resource_changes": _list(it.item for it in written),
        "prior_state": '{"format_version":"1.0","terraform_version":"1.11.4","values":%s}'
        % (resources % _list(it.before for it in written)),
    }
    document: dict[str, Any] = {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": None,
        "resource_drift": drift,
        "resource_changes": None,
        "output_changes": _outputs() if held.of == DEPLOYED else {},
        "prior_state": None,
        "configuration": _configuration(held),
        "checks": [] if held.of == ACCOUNTS else checks(held.environment),
        "timestamp": "2026-11-26T08:00:00Z",
        "applyable": any(it["change"]["actions"] != ["no-op"] for it in changes),
        "complete": True,
        "errored": False,
    }
    for name, value in parts.items():
        known.pop(name, None)
        if value is None:
            document.pop(name, None)
        else:
            document[name] = value
    text = ",".join(
        f"{_json(name)}:{known.get(name) or _json(it)}" for name, it in document.items()
    )
    text = f"{{{text}}}"
    for step in held.edit:
        if step.action == "everywhere":
            text = text.replace(step.name, step.to["value"])
    return text
