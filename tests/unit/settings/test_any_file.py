"""Whatever a file holds, there are lines and no traceback, and no secret in them."""

import copy
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from settings.reading.asking import within
from settings.reading.mending import read
from settings.reading.shape import Location
from tests.unit.settings.files import RIGHT

if TYPE_CHECKING:
    from collections.abc import Iterable

CANARY = "hunter2-canary"

SCALARS = st.one_of(
    st.booleans(),
    st.integers(-10, 100_000),
    st.floats(allow_nan=False),
    st.text(max_size=20),
    st.sampled_from(["", "%", "10.0.0.0/8", "db.r6g.large", "mon:00:00-mon:00:30"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)


def places(node: object, location: Location = ()) -> list[Location]:
    """Where the values of a document stand."""
    items: Iterable[tuple[str | int, object]] = ()
    if isinstance(node, dict):
        items = node.items()
    elif isinstance(node, list):
        items = enumerate(node)
    return [
        place
        for key, value in items
        for place in ((*location, key), *places(value, (*location, key)))
    ]


PLACES = st.sampled_from(
    [
        *places(RIGHT),
        ("aurora", "parameters"),
        ("aurora", "parameters", "work_mem"),
        ("aurora", "serverless"),
        ("aurora", "readers"),
        ("alarms", "emails"),
        ("network", "existing_vpc"),
        ("network", "route_to_source"),
        ("source", "heartbeat"),
        ("tags", "extra"),
        ("dms", "tasks", 0, "log_severities"),
        ("dms", "tasks", 0, "transformations"),
        ("dms", "tasks", 0, "tables", 0, "parallel_load"),
    ]
)


def put(document: dict[str, object], place: Location, value: object) -> None:
    """Put a value into a document, if its place is still there."""
    node: Any = document
    for part, following in pairwise(place):
        if isinstance(node, dict):
            node.setdefault(part, [] if isinstance(following, int) else {})
        elif not isinstance(node, list) or not node:
            return
        # The only position in a place is 0.
        node = node[0] if isinstance(node, list) else node[part]
    if isinstance(node, dict):
        node[place[-1]] = value
    elif isinstance(node, list) and node:
        node[0] = value


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(PLACES, VALUES), min_size=1, max_size=4))
@pytest.mark.unfollowed
def test_a_wrong_file_gives_lines_of_five_parts(changes: list[tuple[Location, object]]) -> None:
    document = copy.deepcopy(RIGHT)
    for place, value in changes:
        put(document, place, value)

    reading = read("environments/dev.toml", "dev", document)

    for problem in (*reading.problems, *within(reading)):
        assert problem.setting
        assert problem.given
        assert problem.allowed
        assert problem.mend
        assert len(str(problem).splitlines()) == 1


@given(
    st.sampled_from(["aws", "source", "aurora", "dms", "tags"]),
    st.sampled_from(["password", "source_password", "PGPASSWORD", "token", "api_key", "secret"]),
    st.sampled_from([CANARY, [CANARY], {"value": CANARY}]),
)
def test_a_secret_under_a_name_of_its_own_is_not_shown(
    section: str, name: str, value: object
) -> None:
    document = copy.deepcopy(RIGHT)
    document[section][name] = value

    (problem,) = read("environments/dev.toml", "dev", document).problems

    assert CANARY not in str(problem)
