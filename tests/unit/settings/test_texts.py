"""Every text of a file reaches AWS as it is written, or is refused in one line.

What Terraform makes of texts is asked of Terraform itself in
tests/terraform/test_files_are_data.py.
"""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settings.reading.mending import read
from tests.unit.settings.files import Changes, Folder, document

CHARACTERS = (
    f"characters of Unicode {unicodedata.unidata_version} and later emoji, without control characters "
    "other than tab and line feed"
)
COMPOSED = "text in Unicode's form NFC, for Terraform changes every other into it"

PARAMETER = "aurora.parameters.search_path"
SCHEMA = "dms.tasks.0.tables.0.schema"
MARK = "\u0316"
MARKED = f"a{8 * MARK}\u0301"
SCRIPT = "dms.target.after_connect_script"

REFUSED: dict[str, tuple[Changes, str]] = {
    "two code points for one letter": (
        {SCHEMA: "cafe\u0301"},
        (
            'dms.tasks[0].tables[0].schema: U+0065 U+0301 in "cafe\u0301" given; '
            f"allowed: {COMPOSED}; write it composed: U+00E9"
        ),
    ),
    "three, the first two of which have a letter too": (
        {SCHEMA: "vie\u0323\u0302t"},
        (
            'dms.tasks[0].tables[0].schema: U+0065 U+0323 U+0302 in "vie\u0323\u0302t" given; '
            f"allowed: {COMPOSED}; write it composed: U+1EC7"
        ),
    ),
    "a sign for which there is a letter": (
        {SCRIPT: "SET a.unit = '\u212b'"},
        (
            "dms.target.after_connect_script: U+212B in \"SET a.unit = '\u212b'\" given; "
            f"allowed: {COMPOSED}; write it composed: U+00C5"
        ),
    ),
    "a syllable in its parts": (
        {PARAMETER: "\u1112\u1161\u11ab"},
        (
            'aurora.parameters.search_path: U+1112 U+1161 in "\u1112\u1161\u11ab" given; '
            f"allowed: {COMPOSED}; write it composed: U+D558"
        ),
    ),
    "marks in another order": (
        {PARAMETER: "b\u0315\u0323"},
        (
            'aurora.parameters.search_path: U+0315 U+0323 in "b\u0315\u0323" given; '
            f"allowed: {COMPOSED}; write it composed: U+0323 U+0315"
        ),
    ),
    "many marks": (
        {PARAMETER: MARKED},
        (
            "aurora.parameters.search_path: U+0061 U+0316 U+0316 U+0316 U+0316 U+0316 ... in "
            f'"a{4 * MARK}\\u0316\\u0316\\u0316\\u0316\\u0301" given; allowed: {COMPOSED}; '
            "write it composed: U+00E1 U+0316 U+0316 U+0316 U+0316 U+0316 ..."
        ),
    ),
    "a table's key": (
        {"tags.extra": {"te\u212bm": "a"}},
        (
            'tags.extra: U+212B in the key "te\u212bm" given; '
            f"allowed: {COMPOSED}; write it composed: U+00C5"
        ),
    ),
    "a key that jsii refuses": (
        {"tags.extra": {"__proto__": "__proto__"}},
        (
            'tags.extra: the key "__proto__" given; '
            "allowed: a key other than __proto__ and //, which cdktf loses; rename the key"
        ),
    ),
    "a key that cdktf takes for a comment": (
        {"tags.extra": {"//": "//"}},
        (
            'tags.extra: the key "//" given; '
            "allowed: a key other than __proto__ and //, which cdktf loses; rename the key"
        ),
    ),
    "a list's item": (
        {
            "dms.tasks.0.tables.0.table": "a",
            "dms.tasks.0.tables.0.parallel_load": {
                "columns": ["a"],
                "boundaries": [["1"], ["a\x01"]],
            },
        },
        (
            'dms.tasks[0].tables[0].parallel_load.boundaries[1][0]: U+0001 in "a\\u0001" given; '
            f"allowed: {CHARACTERS}; remove it"
        ),
    ),
    "nothing": (
        {PARAMETER: "a\x00"},
        (
            'aurora.parameters.search_path: U+0000 in "a\\u0000" given; '
            f"allowed: {CHARACTERS}; remove it"
        ),
    ),
    "a carriage return": (
        {PARAMETER: "a\r$${b}"},
        (
            'aurora.parameters.search_path: U+000D in "a\\r$${b}" given; '
            f"allowed: {CHARACTERS}; remove it"
        ),
    ),
    "what no Unicode holds": (
        {PARAMETER: "a\U0010fffe"},
        (
            'aurora.parameters.search_path: U+10FFFE in "a\\U0010fffe" given; '
            f"allowed: {CHARACTERS}; remove it"
        ),
    ),
    "what joins the quote that ends a text": (
        {SCHEMA: "a\u0d4e"},
        (
            'dms.tasks[0].tables[0].schema: U+0D4E in "a\u0d4e" given; '
            "allowed: characters that do not join the one that follows them; remove it"
        ),
    ),
    "a byte order mark": (
        {PARAMETER: "\ufeffa"},
        (
            'aurora.parameters.search_path: U+FEFF in "\\ufeffa" given; '
            "allowed: text without byte order marks; remove it"
        ),
    ),
    "a sign in what may be a secret": (
        {PARAMETER: "postgres://ferry:hunter2\u212b@db"},
        (
            "aurora.parameters.search_path: text given that may hold a secret and is not shown; "
            f"allowed: {COMPOSED}; write it composed"
        ),
    ),
}


@pytest.mark.parametrize(("changes", "line"), REFUSED.values(), ids=REFUSED)
def test_what_would_not_arrive_is_one_line(changes: Changes, line: str, folder: Folder) -> None:
    folder.write("dev.toml", changes)

    assert folder.lines() == [f"environments/dev.toml: {line}"]


def test_all_are_told_at_once_with_what_else_is_wrong(folder: Folder) -> None:
    folder.write(
        "dev.toml",
        {
            PARAMETER: "a\x00",
            "aurora.backup_retention_days": 0,
            "tags.extra": {"\u212b": "\u212b", "a": "\u212b"},
        },
    )

    assert [line.split(": ")[1] for line in folder.lines()] == [
        "aurora.backup_retention_days",
        "aurora.parameters.search_path",
        "tags.extra",
        r'tags.extra."\u212b"',
        "tags.extra.a",
    ]


def test_what_is_under_no_setting_s_name_is_not_shown(folder: Folder) -> None:
    folder.write("dev.toml", {"source.pass": "hunter2\u212b"})

    assert [line for line in folder.lines() if "hunter2" in line] == []


JOINING = frozenset(
    "\u0d4e\U000111c2\U000111c3\U0001193f\U00011941\U00011a3a"
    "\U00011a84\U00011a85\U00011a86\U00011a87\U00011a88\U00011a89\U00011d46"
)
"""The letters that Unicode draws together with the character behind them."""


@pytest.mark.parametrize("letter", sorted(JOINING), ids=ascii)
def test_no_letter_is_taken_that_joins_what_follows(letter: str, folder: Folder) -> None:
    folder.write("dev.toml", {SCHEMA: f"{letter}a"})

    assert [line.partition("; allowed: ")[2] for line in folder.lines()] == [
        "characters that do not join the one that follows them; remove it"
    ]


def terraform(text: str) -> str:
    """What Terraform and the way back from AWS make of a text."""
    return unicodedata.normalize("NFC", text.removeprefix("\ufeff")).replace("\r", "\n")


PIECES = st.sampled_from([
    *("a", "e", "\u0301", "\u0323", "\u0315", "\u212b", "\u1112", "\u1161", "\u11ab", "\u0958"),
    *("\ufeff", "\r", "\n", "\t", "\0", "\x1b", "\x85", "\x7f", "\u2028", "\U00010efd", "\U0001fae8", "\ufdd0"),
    *("$", "%", "{", "}", "${", "%{", "\\", '"', "\u00e9", "\U0001f600", "\ue000", "\u200b"),
])  # fmt: skip
TEXTS = st.lists(PIECES, min_size=1, max_size=8).map("".join) | st.text(min_size=1, max_size=30)


@given(TEXTS)
@pytest.mark.unfollowed
def test_what_is_taken_arrives(text: str) -> None:
    reading = read("environments/dev.toml", "dev", document({PARAMETER: text}))

    if reading.problems:
        (problem,) = reading.problems
        assert problem.setting == PARAMETER
        assert len(str(problem).splitlines()) == 1
        return
    taken = reading.environment.aurora.parameters["search_path"].value
    assert taken == text
    assert terraform(taken) == text
    assert {
        unicodedata.category(it) for it in text if it not in "\t\n" and it not in EMOJI
    }.isdisjoint({"Cc", "Cs", "Cn"})


EMOJI = frozenset(map(chr, range(0x1F000, 0x1FB00)))
"""The blocks in which Unicode has emoji, and no character that is set in another order."""


@pytest.mark.parametrize(
    "emoji", ["\U0001fae8", "\U0001fadf", "\U0001faff", "\U0001f000"], ids=ascii
)
def test_an_emoji_is_taken_whether_python_knows_it_or_not(emoji: str) -> None:
    reading = read("environments/dev.toml", "dev", document({PARAMETER: emoji}))

    assert reading.problems == ()
    assert reading.environment.aurora.parameters["search_path"].value == emoji


COMPOSED_TEXTS = TEXTS.map(lambda text: unicodedata.normalize("NFC", text))


@given(COMPOSED_TEXTS.filter(str.isprintable).filter(lambda text: not JOINING.intersection(text)))
@pytest.mark.unfollowed
def test_what_can_be_seen_and_is_composed_is_taken(text: str) -> None:
    reading = read("environments/dev.toml", "dev", document({PARAMETER: text}))

    assert reading.problems == ()
