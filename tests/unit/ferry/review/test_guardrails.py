"""The words of the environment's file are the review's own."""

from typing import get_args

from ferry.review.rules.dangers import Danger
from ferry.review.rules.guardrails import STRICT
from settings import review


def test_a_file_can_name_every_danger() -> None:
    assert set(get_args(review.Danger)) == set(Danger)


def test_a_file_that_says_nothing_has_the_strictest_guardrails() -> None:
    assert frozenset(map(Danger, review.Review().block)) == STRICT
