"""How a setting's own rule refuses a value."""

from typing import NoReturn

from pydantic_core import PydanticCustomError


def refuse(allowed: str, *, instead: str | float | None = None) -> NoReturn:
    """Refuse the value that is being validated.

    Args:
        allowed: What is allowed, in words that stand after "allowed:".
        instead: What to write instead; by default the setting's default or example.

    Raises:
        PydanticCustomError: Always; `settings.problems` makes the line of it.
    """
    context: dict[str, object] = {"allowed": allowed}
    if instead is not None:
        context["instead"] = instead
    raise PydanticCustomError("refused", "{allowed}", context)
