"""What synthesis says beside the JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from settings.aurora import Serverless
from stacks.remarks import remarks

if TYPE_CHECKING:
    from settings.environment import Environment


def test_each_version_that_ends_is_named_once_with_whose_it_is(
    environments: dict[str, Environment],
) -> None:
    dev, prod = environments["dev"], environments["prod"]
    newer = prod.aurora.model_copy(update={"engine_version": "15.10"})

    assert list(remarks([dev, prod.model_copy(update={"aurora": newer})])) == [
        (
            "What ends when: Aurora PostgreSQL 15.8 could no longer be created in July 2026 (dev); DMS "
            "3.5.4 takes no new instance after 31 January 2027 and ends on 31 March 2027 (dev, prod). "
            "'ferry check aws ENV' asks your region what it offers."
        )
    ]


def test_versions_that_are_not_known_to_end_are_not_named(
    environments: dict[str, Environment],
) -> None:
    dev = environments["dev"]
    newer = dev.aurora.model_copy(update={"engine_version": "15.10"})

    assert list(remarks([dev.model_copy(update={"aurora": newer, "dms": None})])) == []


def test_what_was_found_in_the_files_comes_first(environments: dict[str, Environment]) -> None:
    dev = environments["dev"].model_copy(update={"remarks": ("environments/dev.toml: a word.",)})

    assert next(remarks([dev])) == "environments/dev.toml: a word."


@pytest.mark.parametrize(("min_acu", "is_told"), [(0.5, True), (1.5, True), (2, False)])
def test_capacities_below_what_aws_recommends_are_named(
    environments: dict[str, Environment],
    min_acu: float,
    *,
    is_told: bool,
) -> None:
    dev = environments["dev"]
    aurora = dev.aurora.model_copy(
        update={"engine_version": "15.10", "serverless": Serverless(min_acu=min_acu, max_acu=16)}
    )
    line = (
        f"environments/dev.toml: aurora.serverless.min_acu = {min_acu:g}: AWS recommends 2 or more with "
        "Performance Insights, which is always on. With less, an idle instance may stay larger, and is "
        "slow to grow."
    )

    found = list(remarks([dev.model_copy(update={"aurora": aurora, "dms": None})]))

    assert found == ([line] if is_told else [])
