"""What is too long for TOML's reader, found before it reads.

Its time grows with the square of a dotted key's parts, and it makes numbers of any length, which
Python then refuses to write (https://docs.python.org/3/library/stdtypes.html#int-max-str-digits).
"""

import re
from typing import Final

# aurora.instance_parameters.NAME.apply_method has four.
_MOST_PARTS: Final = 16
# A name of a parameter may be as long; a number of 64 bits, which is TOML's, is shorter.
_LONGEST_WORD: Final = 255

# Atomic groups, so that nothing is read twice. An end that is missing is the reader's to refuse.
_WORD: Final = r"[A-Za-z0-9_+-]+"
_PART: Final = rf"""(?>{_WORD}|"(?>(?:\\[^\n]|[^"\\\n])*)"?|'[^'\n]*'?)"""
_PIECE: Final = re.compile(
    r'''(?s:"""(?>(?:\\.|(?!""").)*)(?:""")?)'''
    r"""|(?s:'''(?>(?:(?!''').)*)(?:''')?)"""
    r"|\#[^\n]*"
    rf"|(?P<key>(?>{_PART}(?:[ \t]*\.[ \t]*{_PART})*))"
)
_PARTS: Final = re.compile(_PART)


class TooLongError(ValueError):
    """A number or a key that no environment needs."""

    def __init__(self, *, line: int, given: str, allowed: str, mend: str) -> None:
        """Made of the line, from 1, and of what is said of it: nothing of what stands there."""
        super().__init__(f"{given} in line {line}; allowed: {allowed}; {mend}")
        self.line = line
        self.given = given
        self.allowed = allowed
        self.mend = mend


def check(text: str) -> None:
    """Look at every number and key of a text in TOML; what stands in quotes is left alone.

    Raises:
        TooLongError: One is too long.
    """
    for piece in _PIECE.finditer(text):
        parts = _PARTS.findall(piece["key"] or "")
        longest = max((len(part) for part in parts if part[0] not in "\"'"), default=0)
        if longest > _LONGEST_WORD:
            raise TooLongError(
                line=_line(text, piece),
                given=f"{longest} characters without quotes given",
                allowed=f"numbers and keys of {_LONGEST_WORD} characters at most",
                mend="shorten it",
            )
        if len(parts) > _MOST_PARTS:
            raise TooLongError(
                line=_line(text, piece),
                given=f"a key of {len(parts)} parts given",
                allowed=f"keys of {_MOST_PARTS} parts at most",
                mend="remove it",
            )


def _line(text: str, piece: re.Match[str]) -> int:
    return text.count("\n", 0, piece.start()) + 1
