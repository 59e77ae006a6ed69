"""How settings and values are written in a message: as TOML writes them."""

import json
import re
from collections.abc import Iterable
from typing import Final

_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")


def path(location: Iterable[str | int]) -> str:
    """A location as a setting's path, such as `dms.tasks[0].name`."""
    text = ""
    for part in location:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            key = part if _BARE_KEY.fullmatch(part) else json.dumps(part)
            text += f".{key}" if text else key
    return text


def toml(value: object) -> str:
    """A value as TOML writes it, in one line."""
    if isinstance(value, dict):
        pairs = ", ".join(f"{path([key])} = {toml(item)}" for key, item in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(toml(item) for item in value)}]"
    if isinstance(value, float):
        return repr(value)  # inf and nan too, which JSON has in other words
    return json.dumps(value, ensure_ascii=False)


def either(names: Iterable[str]) -> str:
    """Names as a choice, `a, b or c`."""
    *rest, last = names
    return f"{', '.join(rest)} or {last}" if rest else last
