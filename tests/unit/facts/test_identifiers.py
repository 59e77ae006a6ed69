from __future__ import annotations

import pytest

from facts.identifiers import identifier, literal


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("orders", "orders"),
        ("order_2", "order_2"),
        ("Orders", '"Orders"'),
        ("2nd", '"2nd"'),
        ("order", '"order"'),
        ('a "b"', '"a ""b"""'),
        ("größe", '"größe"'),
        ("", '""'),
    ],
)
def test_a_name_is_in_quotes_where_postgresql_would_take_it_for_another(
    name: str, written: str
) -> None:
    assert identifier(name) == written


def test_quotes_within_a_text_are_doubled() -> None:
    assert literal("it's") == "'it''s'"
