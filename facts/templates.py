"""What Terraform evaluates in a string of its JSON, and what it leaves as it is.

It takes every string for a template, in which ``${...}`` is computed and ``%{...}`` directs; on the
machine that plans, with that machine's files and credentials. So each text that others have written
goes through :func:`plain` where it enters an argument, or through :func:`literal` where it enters
an expression, or the file of ``import`` blocks that `ferry adopt` writes. References that constructs give each other go through neither: they are to be
computed.

Sources: https://developer.hashicorp.com/terraform/language/syntax/json#expression-mapping,
https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences
"""

from __future__ import annotations

from typing import Final

# What is quoted knows no other letter after a backslash, and no halves of characters.
_ESCAPES: Final = {code: f"\\u{code:04x}" for code in range(0x20)} | str.maketrans(
    {"\\": r"\\", '"': r"\"", "\n": r"\n", "\r": r"\r", "\t": r"\t"}
)


def plain(text: str) -> str:
    """A text as an argument's value: what Terraform makes of it is the text itself.

    No token of cdktf's may stand in the same argument: while it replaces one, cdktf counts the braces
    before it, escaped or not, and can leave out the reference's own.
    """
    return text.replace("${", "$${").replace("%{", "%%{")


def literal(text: str) -> str:
    """A text as a term of an expression, quoted: what Terraform makes of it is the text itself."""
    return plain(f'"{text.translate(_ESCAPES)}"')


def expression(term: str) -> str:
    """The value of an argument that Terraform computes: ``${term}``."""
    return f"${{{term}}}"
