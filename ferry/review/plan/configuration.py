"""What a plan's configuration says of how it is applied: providers, provisioners, who belongs to whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from ferry.review.plan.copies import secret_variables
from ferry.review.plan.objects import members, objects, texts
from ferry.review.plan.references import output_references, references

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from ferry.review.plan.references import References
    from ferry.review.plan.values import Json

AWS: Final = "registry.terraform.io/hashicorp/aws"
TERRAFORM: Final = "terraform.io/builtin/terraform"
KNOWN_PROVIDERS: Final = frozenset({AWS, TERRAFORM})
"""The providers that the rules were written for."""

_MODES: Final = frozenset({"managed", "data"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Provider:
    """A provider's configuration.

    Args:
        key: What the configuration calls it, such as ``aws`` or ``aws.west``.
        full_name: Its address in a registry.
        alias: Its alias; empty for the default one.
        version: The versions that are allowed; a stack of this project allows one.
        region: The region, where that is a constant; empty otherwise.
        account_ids: The accounts that it may be used in, where they are constants.
        tags: The tags that it adds to everything, where they are constants.
        arguments: The names of all arguments that are set.
    """

    key: str
    full_name: str
    alias: str = ""
    version: str = ""
    region: str = ""
    account_ids: Sequence[str] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    arguments: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Configuration:
    """What the review needs of a plan's configuration.

    Args:
        providers: The providers that resources use, and the default ones.
        provisioners: The kinds of the provisioners that a resource runs when it is made or
            destroyed, by its address without keys.
        other_modes: The addresses of what is neither a resource nor a data source, such as an
            ephemeral one.
        sensitive_variables: The root module's variables that are sensitive.
        sensitive_texts: What is given to sensitive variables in the configuration itself.
        references: What each resource's attributes refer to; None where there is no configuration.
        outputs: What each output refers to, as the configuration writes it.
        unlike: The addresses of which the stack that was given says something else.
    """

    providers: Sequence[Provider] = ()
    provisioners: Mapping[str, Sequence[str]] = field(default_factory=dict)
    other_modes: Sequence[str] = ()
    sensitive_variables: Iterable[str] = ()
    sensitive_texts: Iterable[str] = ()
    references: References | None = None
    outputs: Mapping[str, Sequence[str]] = field(default_factory=dict)
    unlike: Sequence[str] = ()


def configuration(part: Json) -> Configuration:
    """Read a plan's ``configuration``. What has another shape says nothing.

    Source: https://developer.hashicorp.com/terraform/internals/json-format#configuration-representation
    """
    root = members(part).get("root_module")
    used: set[str] = set()
    provisioners: dict[str, list[str]] = {}
    other_modes: list[str] = []
    sensitive: set[str] = set()
    for address, resource in _resources(root):
        used.add(str(resource.get("provider_config_key")))
        if resource.get("provisioners"):
            provisioners[address] = [
                str(it.get("type") or "unknown") for it in objects(resource["provisioners"]) or [{}]
            ]
        if str(resource.get("mode", "managed")) not in _MODES:
            other_modes.append(address)
    return Configuration(
        providers=[
            found
            for key, item in members(members(part).get("provider_config")).items()
            if (found := _provider(key, members(item))).key in used or not found.alias
        ],
        provisioners=provisioners,
        other_modes=other_modes,
        sensitive_variables=secret_variables(root, sensitive),
        sensitive_texts=sensitive,
        references=references(part),
        outputs=output_references(part),
    )


def _resources(root: Json) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every resource, in modules too, with its address without keys."""
    modules: list[tuple[str, Any]] = [("", root)]
    while modules:
        prefix, module = modules.pop()
        for resource in objects(members(module).get("resources")):
            yield f"{prefix}{resource.get('address')}", resource
        modules += [
            (f"{prefix}module.{name}.", members(call).get("module"))
            for name, call in members(members(module).get("module_calls")).items()
        ]


def _provider(key: str, item: Mapping[str, Any]) -> Provider:
    arguments = members(item.get("expressions"))
    tags = [_constant(it.get("tags")) for it in objects(arguments.get("default_tags"))]
    region = _constant(arguments.get("region"))
    return Provider(
        key=key,
        full_name=str(item.get("full_name") or item.get("name") or key),
        alias=str(item.get("alias") or ""),
        version=str(item.get("version_constraint") or ""),
        region=region if isinstance(region, str) else "",
        account_ids=texts(_constant(arguments.get("allowed_account_ids"))),
        tags={
            name: value
            for it in tags
            for name, value in members(it).items()
            if isinstance(value, str)
        },
        arguments=sorted(arguments),
    )


def _constant(expression: Json) -> Json:
    return members(expression).get("constant_value")


def written(
    found: Configuration, *, tags: Sequence[str], marked: Callable[[str], str]
) -> dict[str, Any]:
    """A configuration as a plan has it, of what `configuration` reads and no more.

    Args:
        found: The configuration.
        tags: Of the providers' tags, those that are kept.
        marked: What a text of the plan's becomes; Terraform's own words stay, whatever is a secret.
    """
    return {
        "provider_config": {
            marked(it.key): {
                "full_name": marked(it.full_name),
                "alias": marked(it.alias),
                "version_constraint": marked(it.version),
                "expressions": {marked(name): {} for name in it.arguments}
                | {
                    name: {"constant_value": value}
                    for name, value in (
                        ("region", marked(it.region)),
                        ("allowed_account_ids", list(map(marked, it.account_ids))),
                    )
                    if value
                }
                | (
                    {
                        "default_tags": [
                            {"tags": {"constant_value": {
                                name: marked(it.tags[name]) for name in tags if name in it.tags
                            }}}
                        ]
                    }
                    if it.tags
                    else {}
                ),
            }
            for it in found.providers
        },
        "root_module": {
            "resources": [
                *({"provider_config_key": marked(it.key)} for it in found.providers if it.alias),
                *(
                    {
                        "address": marked(address),
                        "provisioners": [{"type": marked(kind)} for kind in kinds],
                    }
                    for address, kinds in found.provisioners.items()
                ),
                *({"address": marked(address), "mode": "other"} for address in found.other_modes),
            ],
            "outputs": {
                marked(name): {"expression": {"references": list(map(marked, named))}}
                for name, named in found.outputs.items()
            },
        },
    }  # fmt: skip
