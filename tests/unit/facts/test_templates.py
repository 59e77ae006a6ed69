"""What Terraform makes of these is asked of Terraform itself in tests/terraform/test_files_are_data.py."""

import pytest

from facts.templates import expression, literal, plain


def test_an_expression_encloses_a_term() -> None:
    assert expression("local.x") == "${local.x}"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("${local.x} %{ if true }", "$${local.x} %%{ if true }"),
        ("$${local.x}", "$$${local.x}"),
        ("100 % of $5 {", "100 % of $5 {"),
    ],
)
def test_a_plain_text_is_no_template(text: str, written: str) -> None:
    assert plain(text) == written


def test_a_literal_is_quoted_and_no_template() -> None:
    assert literal('say "hi" to Zoë 😀') == r'"say \"hi\" to Zoë 😀"'
    assert literal("\\ \n\t\b") == r'"\\ \n\t\u0008"'
    assert literal("${local.x} %{ if true }") == '"$${local.x} %%{ if true }"'
