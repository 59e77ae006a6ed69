"""[tags]: who owns what is made."""

from typing import Annotated, Final

from pydantic import AfterValidator, Field

from facts import tags
from settings.section import Allowed, Section, refuse

RESERVED: Final = frozenset({"project", "environment", "repository", "name"})
"""Tag keys that the project sets itself, in lower case."""

_KEY_IN_WORDS: Final = f"1 to {tags.LONGEST_KEY} {tags.LETTERS}"
_VALUE_IN_WORDS: Final = f"up to {tags.LONGEST_VALUE} {tags.LETTERS}"
_MOST_TAGS: Final = tags.MOST - len(RESERVED)


def _key(key: str) -> str:
    if tags.is_kept_by_aws(key):
        refuse("a key that does not start with aws:, which AWS keeps for itself")
    if key.lower() in RESERVED:
        refuse("a key other than project, environment, repository and name, which are set already")
    if not 1 <= len(key) <= tags.LONGEST_KEY or not tags.has_letters_of_tags(key):
        refuse(_KEY_IN_WORDS)
    return key


def _value(value: str) -> str:
    if len(value) > tags.LONGEST_VALUE or not tags.has_letters_of_tags(value):
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
