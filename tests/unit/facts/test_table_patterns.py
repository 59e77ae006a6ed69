"""DMS's patterns: which overlap, and which one takes in another whole."""

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.table_patterns import alike, covers, length, literal, mask, matches, overlap, without

PATTERNS = st.text(alphabet="ab_%", max_size=5)
NAMES = ["".join(it) for length in range(6) for it in product("abc", repeat=length)]


def matched(pattern: str) -> set[str]:
    """The names over three letters, of five at most, that a pattern matches."""
    expression = pattern.replace("%", ".*").replace("_", ".")
    return {name for name in NAMES if re.fullmatch(expression, name)}


@given(PATTERNS, PATTERNS)
def test_patterns_that_match_a_name_both_overlap(one: str, other: str) -> None:
    if matched(one) & matched(other):
        assert overlap(one, other)


@given(st.text(alphabet="ab_", max_size=5), st.text(alphabet="ab_", max_size=5))
def test_patterns_that_match_no_name_both_do_not(one: str, other: str) -> None:
    """Without %, all that they match is short enough to be tried."""
    assert overlap(one, other) == bool(matched(one) & matched(other))


@given(PATTERNS, PATTERNS)
def test_a_pattern_that_covers_another_matches_all_that_it_does(one: str, other: str) -> None:
    if covers(one, other):
        assert matched(other) <= matched(one)


@given(PATTERNS, PATTERNS)
def test_patterns_of_one_length_overlap_where_they_are_equal_without_their_masks(
    one: str, other: str
) -> None:
    if length(one) is not None and length(one) == length(other):
        both = mask(one) | mask(other)
        assert overlap(one, other) == (without(one, both) == without(other, both))


@given(st.text(alphabet="ab_%[]", max_size=6), PATTERNS)
def test_a_literal_matches_its_name_alone(name: str, other: str) -> None:
    assert length(literal(name)) == len(name)
    assert mask(literal(name)) == frozenset()
    expression = re.escape(other).replace("%", ".*").replace("_", ".")
    assert overlap(literal(name), other) == bool(re.fullmatch(expression, name))
    assert covers(other, literal(name)) == bool(re.fullmatch(expression, name))


@pytest.mark.parametrize(
    ("one", "other"), [("data[12]", "data1"), ("data[12]", "data_"), ("a%", "%z"), ("%", "[ab]")]
)
def test_sets_are_taken_for_any_one(one: str, other: str) -> None:
    assert overlap(one, other)
    assert overlap(other, one)


def test_what_a_set_takes_in_is_not_known() -> None:
    assert not covers("data[12]", "data1")
    assert covers("data%", "data[12]")


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("order_items", "order_items"),
        ("order_items", "orderXitems"),
        ("%", ""),
        ("a%z", "a\nz"),
        ("[ab]c", "bc"),
        ("[a-d]z", "cz"),
        ("[0-9a-d]z", "bz"),
        ("[-ab]z", "-z"),
        ("[d-a]z", "-z"),
        ("[^a]z", "^z"),
        ("a[", "a["),
        ("a[]", "a[]"),
    ],
)
def test_a_name_is_of_a_pattern(pattern: str, name: str) -> None:
    assert matches(pattern, name)


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("order[_]items", "orderXitems"),
        ("[ab]c", "cc"),
        ("[a-d]z", "-z"),
        ("[a-d]z", "ez"),
        ("[^a]z", "bz"),
        ("a.b", "axb"),
        ("Orders", "orders"),
    ],
)
def test_a_name_is_of_no_pattern_but_letter_by_letter(pattern: str, name: str) -> None:
    assert not matches(pattern, name)


@given(st.text(), st.text())
def test_a_literal_is_matched_by_its_name_alone(name: str, other: str) -> None:
    assert matches(literal(name), name)
    assert matches(literal(name), other) is (name == other)


@given(st.lists(st.tuples(PATTERNS, PATTERNS), max_size=12))
@pytest.mark.unfollowed
def test_all_that_overlap_are_among_what_is_alike(patterns: list[tuple[str, str]]) -> None:
    found = list(alike(patterns))

    assert len(found) == len(set(found))
    assert all(first < second for first, second in found)
    for second, these in enumerate(patterns):
        for first, those in enumerate(patterns[:second]):
            if all(map(overlap, those, these)):
                assert (first, second) in found


@pytest.mark.parametrize("name", ["orders_{:05}", "t{:05}%", "orders[_]{:05}"])
def test_of_thousands_that_begin_or_end_otherwise_none_are_alike(name: str) -> None:
    assert list(alike([("public", name.format(number)) for number in range(2000)])) == []


def test_more_masks_than_are_compared_at_once_are_compared_all_the_same() -> None:
    masks = ["".join("_" if place == it else "a" for place in range(70)) for it in range(70)]

    assert len(list(alike([(mask,) for mask in masks]))) == 70 * 69 / 2
