"""What every section of an environment file has in common."""

from dataclasses import dataclass
from typing import Annotated, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

_T = TypeVar("_T")

List = Annotated[tuple[_T, ...], Field(strict=False)]
"""A TOML list, kept as a tuple so that a section stays frozen all the way down."""


class Section(BaseModel):
    """A table of an environment file.

    Frozen; unknown settings are refused; values are taken as TOML types them, so that
    `port = "5432"` is an error and not a guess.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        # pydantic's own messages are never shown, and a value may be a secret put in by mistake.
        hide_input_in_errors=True,
    )


@dataclass(frozen=True, slots=True)
class Allowed:
    """In words, what a setting's type allows; goes into the line of a refused value.

    Args:
        text: The words that stand after "allowed:", such as `twelve digits`.
    """

    text: str


def refuse(allowed: str, *, instead: str | float | None = None) -> NoReturn:
    """Refuse the value that is being validated.

    Args:
        allowed: What is allowed, in words that stand after "allowed:".
        instead: What to write instead; by default the setting's default or example.

    Raises:
        PydanticCustomError: Always; `settings.reading.pydantic_errors` makes the line of it.
    """
    context: dict[str, object] = {"allowed": allowed}
    if instead is not None:
        context["instead"] = instead
    raise PydanticCustomError("refused", "{allowed}", context)
