"""Finds every problem of a file at once, by mending each and looking again.

A file with a wrong value is still worth asking what its other values say together. So each refused
value is replaced by one that is allowed, and remembered: the rules that read it are left out, all
others are asked.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from settings.environment import Environment, EnvironmentFile
from settings.reading.problem import EnvironmentsError, Problem
from settings.reading.pydantic_errors import misnamed, misspelt, problem
from settings.reading.shape import KEY, Location, example, find
from settings.reading.texts import unfit

_MOST_PROBLEMS: Final = 100
"""Of one file. A file of 1 MB can hold 400,000, and lines for all of them would take minutes."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as far as it can be understood.

    Args:
        file: The file, with its folder.
        environment: What it says, with examples where it says what is not allowed.
        problems: What is wrong with its single settings.
        unknown: Where the examples stand.
    """

    file: str
    environment: Environment
    problems: tuple[Problem, ...]
    unknown: tuple[Location, ...]

    def knows(self, setting: str) -> bool:
        """Whether the file itself says what a setting is.

        Args:
            setting: A path such as `dms.tasks.*.name`; `*` stands for every item of a list.
        """
        parts = setting.split(".")
        return not any(
            all(part in ("*", str(step)) for part, step in zip(parts, place, strict=False))
            for place in self.unknown
        )


def read(file: str, name: str, document: Mapping[str, Any]) -> Reading:
    """What a file says.

    Args:
        file: The file, with its folder, for the lines.
        name: The environment's name, which is the file's.
        document: What its TOML holds.

    Raises:
        EnvironmentsError: It has more problems than are looked into; the first of them.
    """
    mended = copy.deepcopy(dict(document))
    problems: list[Problem] = []
    unknown: list[Location] = []
    while errors := _errors(mended):
        if len(problems) + len(errors) > _MOST_PROBLEMS:
            told = [problem(file, error) for error in errors[: _MOST_PROBLEMS - len(problems)]]
            raise _too_many(file, len(problems) + len(errors), [*problems, *told])
        known_by_another_name = misspelt(errors)
        unknown.extend(known_by_another_name)
        # A refused key goes last: its value is looked up by it.
        for error in sorted(errors, key=lambda error: error["loc"][-1] == KEY):
            if error["loc"] not in known_by_another_name:
                problems.append(problem(file, error))
            if error["type"] == "extra_forbidden":
                del _holder(mended, error["loc"])[error["loc"][-1]]
            else:
                _mend(mended, error["loc"], unknown)
    # Of what is a setting and has its form. From the end: a key goes after what stands below it.
    texts = tuple(islice(unfit(mended), _MOST_PROBLEMS + 1))
    problems += [Problem(file, it.setting, it.given, it.allowed, it.mend) for it in texts]
    if len(problems) > _MOST_PROBLEMS:
        raise _too_many(file, len(problems), problems[:_MOST_PROBLEMS])
    for found in reversed(texts):
        _mend(mended, found.location, unknown)
    try:
        environment = Environment.model_validate({**mended, "name": name})
    except ValidationError as error:
        problems.append(misnamed(file, error.errors(include_url=False)[0]))
        unknown.append(("name",))
        environment = Environment.model_validate({**mended, "name": "misnamed"})
    return Reading(file, environment, tuple(problems), tuple(unknown))


def _too_many(file: str, count: int, told: list[Problem]) -> EnvironmentsError:
    first = Problem(
        file,
        "",
        f"{count} problems or more given",
        f"told: {len(told)} of them",
        "mend these first",
    )
    return EnvironmentsError([first, *told])


def _errors(document: Mapping[str, Any]) -> list[ErrorDetails]:
    try:
        EnvironmentFile.model_validate(document)
    except ValidationError as error:
        # With a refused item pydantic calls a list too short, whatever its length.
        return [
            found
            for found in error.errors(include_url=False)
            if found["type"] != "too_short" or len(found["input"]) < found["ctx"]["min_length"]
        ]
    return []


def _mend(document: dict[str, Any], location: Location, unknown: list[Location]) -> None:
    """Take a refused key out of a document, or put an example in a refused value's place."""
    if location[-1] == KEY:
        del _holder(document, location[:-1])[location[-2]]
        unknown.append(location[:-2])
    else:
        _holder(document, location)[location[-1]] = example(find(EnvironmentFile, location))
        unknown.append(location)


def _holder(document: dict[str, Any], location: Location) -> Any:  # noqa: ANN401 -- table or list
    """The table or list that holds a setting; a value that stands for a table makes way."""
    node: Any = document
    for part, following in pairwise(location):
        if isinstance(following, str) and not isinstance(node[part], dict):
            node[part] = {}
        node = node[part]
    return node
