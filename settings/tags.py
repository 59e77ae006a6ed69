"""[tags]: who owns what is made."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from settings.section import Allowed, Section, refuse

RESERVED: Final = frozenset({"project", "environment", "repository", "name"})
"""Tag keys that the project sets itself, in lower case."""

# The characters that every service takes: EC2's and IAM's "Tag naming limits".
_CHARACTERS: Final = r"[\w .:/=+@-]"
_KEY_IN_WORDS: Final = "1 to 128 letters, digits, spaces and _.:/=+@-"
_VALUE_IN_WORDS: Final = "up to 256 letters, digits, spaces and _.:/=+@-"
_MOST_TAGS: Final = 50 - len(RESERVED)


def _key(key: str) -> str:
    if key.lower().startswith("aws:"):
        refuse("a key that does not start with aws:, which AWS keeps for itself")
    if key.lower() in RESERVED:
        refuse("a key other than project, environment, repository and name, which are set already")
    if not re.fullmatch(rf"{_CHARACTERS}{{1,128}}", key):
        refuse(_KEY_IN_WORDS)
    return key


def _value(value: str) -> str:
    if not re.fullmatch(rf"{_CHARACTERS}{{0,256}}", value):
        refuse(_VALUE_IN_WORDS)
    return value


def _project(name: str) -> str:
    """Refuse what names may not begin with: EC2 keeps `sg-`, RDS replication slots of `rds`."""
    if name.startswith("rds") or f"{name}-".startswith("sg-"):
        refuse("a name that begins neither with rds nor with sg-, which AWS keeps for itself")
    return name


TagKey = Annotated[str, AfterValidator(_key), Field(examples=["team"]), Allowed(_KEY_IN_WORDS)]
TagValue = Annotated[
    str, AfterValidator(_value), Field(examples=["payments"]), Allowed(_VALUE_IN_WORDS)
]


class Tags(Section):
    """Tags on everything that can carry them; `project` also begins every name."""

    project: Annotated[
        str,
        Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=20),
        AfterValidator(_project),
        Allowed("lower-case letters, digits and single hyphens, 20 at most, a letter first"),
    ] = "aurora-ferry"
    """The project's name: it begins every name. The environments of one account must agree on
    it."""

    repository: Annotated[
        str,
        Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/:@-]{0,255}$"),
        Allowed("a repository such as github.com/owner/repo, 256 characters at most"),
    ] = Field(examples=["github.com/owner/repo"])
    """Where this file is kept, without a scheme. The environments of one account must agree on
    it."""

    extra: dict[TagKey, TagValue] = Field(
        default_factory=dict, max_length=_MOST_TAGS, examples=[{"team": "payments"}]
    )
    """More tags, such as a team or a cost centre."""
