"""Rules about [tags]."""

from collections.abc import Iterator

from settings.environment import Environment
from settings.notation import path, toml
from settings.rules.rule import Finding, Rule


def keys_differ(environment: Environment) -> Iterator[Finding]:
    """IAM takes two tag keys that differ in case alone for one, and refuses them."""
    seen: dict[str, str] = {}
    for key in environment.tags.extra:
        first = seen.setdefault(key.lower(), key)
        if first != key:
            yield Finding(
                setting=path(("tags", "extra", key)),
                given=f"differs from {toml(first)} in case alone",
                allowed="keys that differ in more than case",
                mend="remove one of the two",
            )


RULES = (Rule(keys_differ, ("tags.extra",)),)
