"""The model itself: every setting is documented, and can be mended by an example."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, get_origin

import pytest
from pydantic import ValidationError

from settings.environment import Environment, EnvironmentFile
from settings.reading.shape import KEY, Location, Shape, example, fields, find, in_words
from settings.schema.descriptions import attribute_docstrings
from settings.section import Allowed, Section
from tests.unit.settings.files import document


def settings(section: type[Section], location: Location = ()) -> Iterator[tuple[Location, Shape]]:
    """Every setting of a section, and of the sections in it."""
    for name in fields(section):
        yield from places((*location, name))


def places(location: Location) -> Iterator[tuple[Location, Shape]]:
    """A setting, and what its list, table or section holds."""
    shape = find(EnvironmentFile, location)
    yield location, shape
    if shape.section:
        yield from settings(shape.section, location)
    elif get_origin(shape.kind) is tuple:
        yield from places((*location, 0))
    elif get_origin(shape.kind) is dict:
        yield from places((*location, example(find(EnvironmentFile, (*location, "", KEY)))))


SETTINGS = dict(settings(EnvironmentFile))
OWNERS = {
    location: owner
    for location in SETTINGS
    if (owner := find(EnvironmentFile, location[:-1]).section)
}


def docstring(location: Location) -> str:
    return attribute_docstrings(OWNERS[location]).get(str(location[-1]), "")


def test_every_setting_has_a_docstring() -> None:
    assert [location for location in OWNERS if not docstring(location)] == []


def test_no_docstring_states_a_default_that_the_model_has() -> None:
    stated = [
        location
        for location, owner in OWNERS.items()
        if fields(owner)[str(location[-1])].default is not None
        and "Default:" in docstring(location)
    ]
    assert stated == []


def test_every_setting_says_what_it_allows() -> None:
    silent = [
        location
        for location, shape in SETTINGS.items()
        if (shape.kind is str and shape.constraint(Allowed) is None)
        or (shape.kind is int and in_words(shape) == "a table")
    ]
    assert silent == []


@pytest.mark.parametrize("location", SETTINGS, ids=lambda place: ".".join(map(str, place)))
def test_every_example_is_taken(location: Location) -> None:
    content = document({})
    node: Any = content
    for depth, (part, following) in enumerate(pairwise(location), start=1):
        if isinstance(node, list):
            node[:] = node or [example(SETTINGS[location[:depth]])]
        else:
            node.setdefault(part, [] if isinstance(following, int) else {})
        node = node[part]
    if isinstance(node, list):
        node[:] = [example(SETTINGS[location])]
    else:
        node[location[-1]] = example(SETTINGS[location])

    try:
        EnvironmentFile.model_validate(content)
    except ValidationError as error:
        refused = [found for found in error.errors() if found["loc"][: len(location)] == location]
        assert refused == []


def test_an_environment_is_frozen() -> None:
    environment: Any = Environment.model_validate({**document({}), "name": "dev"})

    with pytest.raises(ValidationError, match="frozen"):
        environment.name = "prod"


def test_an_environments_names_follow_from_its_file() -> None:
    environment = Environment.model_validate({**document({}), "name": "dev"})

    assert environment.prefix == "aurora-ferry-dev"
    assert environment.state_bucket == "aurora-ferry-tfstate-111122223333-eu-central-1"
    assert environment.state_key == "environments/dev/terraform.tfstate"


def test_the_state_can_live_in_another_region() -> None:
    content = {**document({"aws.state_region": "eu-west-1"}), "name": "dev"}
    environment = Environment.model_validate(content)

    assert environment.state_bucket == "aurora-ferry-tfstate-111122223333-eu-west-1"


def test_an_existing_vpc_is_the_one_that_is_named() -> None:
    vpc = {
        "vpc_id": "vpc-01234567",
        "aurora_subnet_ids": ["subnet-01234567", "subnet-01234568"],
        "dms_subnet_ids": ["subnet-01234567", "subnet-01234568"],
    }
    content = {**document({"network": {"existing_vpc": vpc}}), "name": "dev"}

    assert Environment.model_validate(content).network.existing.vpc_id == "vpc-01234567"


@pytest.mark.parametrize(
    ("given", "value", "apply_method"),
    [
        ("64MB", "64MB", None),
        (65536, "65536", None),
        (0.5, "0.5", None),
        (True, "1", None),
        (False, "0", None),
        ({"value": 7}, "7", None),
        ({"value": "on", "apply_method": "immediate"}, "on", "immediate"),
    ],
)
def test_a_parameter_is_a_value_or_a_table(
    given: object, value: str, apply_method: str | None
) -> None:
    content = {**document({"aurora.parameters.some_setting": given}), "name": "dev"}
    parameter = Environment.model_validate(content).aurora.parameters["some_setting"]

    assert (parameter.value, parameter.apply_method) == (value, apply_method)


@pytest.mark.parametrize(
    ("changes", "instances"),
    [
        ({"aurora.reader_count": 0}, [("db.r6g.large", 0)]),
        ({}, [("db.r6g.large", 0), ("db.r6g.large", 1), ("db.r6g.large", 2)]),
        (
            {"aurora.readers": [{}, {"instance_class": "db.serverless", "promotion_tier": 0}]},
            [("db.r6g.large", 0), ("db.r6g.large", 1), ("db.serverless", 0)],
        ),
    ],
)
def test_readers_are_counted_or_listed(
    changes: dict[str, object], instances: list[tuple[str, int]]
) -> None:
    aurora = Environment.model_validate({**document(changes), "name": "dev"}).aurora

    assert [(it.instance_class, it.promotion_tier) for it in aurora.instances] == instances
    assert aurora.classes == tuple(dict.fromkeys(it for it, _ in instances))
    assert aurora.is_serverless is ("db.serverless" in aurora.classes)


def test_every_list_is_kept_as_a_tuple() -> None:
    assert [place for place, shape in SETTINGS.items() if get_origin(shape.kind) is list] == []
