"""Loading a folder of environment files: which count, and what is said of whole files."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from settings.notation import toml
from settings.reading.loading import load_environments
from settings.reading.problem import EnvironmentsError
from tests.unit.settings.files import Folder

BAD = {"aurora.backup_retention_days": 0}
BAD_LINE = (
    "environments/{}: aurora.backup_retention_days: 0 given; allowed: 1 to 35 days; "
    "set backup_retention_days = 7"
)
TAKEN = {"network.route_to_source": {"virtual_private_gateway_id": "vgw-0123456789abcdef0"}}


def names(folder: Folder, selected: str | None = None) -> list[str]:
    """The names of the environments that are loaded."""
    return [env.name for env in load_environments(folder.path, selected=selected)]


@pytest.fixture
def three(folder: Folder) -> Folder:
    """A folder of three right files."""
    for name in ("staging.toml", "dev.toml", "prod.toml"):
        folder.write(name)
    return folder


@pytest.mark.parametrize("selected", [None, "", " ", ","])
def test_all_environments_are_loaded_by_default(selected: str | None, three: Folder) -> None:
    assert names(three, selected) == ["dev", "prod", "staging"]


def test_one_environment_can_be_selected(three: Folder) -> None:
    assert names(three, "prod") == ["prod"]


def test_several_environments_can_be_selected_with_blanks_between(three: Folder) -> None:
    assert names(three, " staging , dev,") == ["dev", "staging"]


def test_other_files_are_left_alone(three: Folder) -> None:
    (three.path / "schema.json").write_text("{}")

    assert names(three) == ["dev", "prod", "staging"]


def test_an_unknown_selection_lists_the_known(three: Folder) -> None:
    assert three.lines("qa,dev") == [
        (
            'ENVIRONMENT_SUFFIX: "qa" given; allowed: dev, prod or staging, several separated by commas; '
            "correct the name, or unset it for all"
        )
    ]


def test_an_unknown_selection_lists_the_only_one(folder: Folder) -> None:
    folder.write("dev.toml")

    assert folder.lines("qa") == [
        (
            'ENVIRONMENT_SUFFIX: "qa" given; allowed: dev, several separated by commas; '
            "correct the name, or unset it for all"
        )
    ]


def test_problems_of_all_files_are_told_at_once(folder: Folder) -> None:
    folder.write("dev.toml", {**BAD, "aws.account_id": "1", "protection.final_snapshot": False})
    folder.write("prod.toml", {**BAD, "aurora.backup_window": "03:30-04:30"})

    assert [line.split(": ")[:2] for line in folder.lines()] == [
        ["environments/dev.toml", "aurora.backup_retention_days"],
        ["environments/dev.toml", "aws.account_id"],
        ["environments/dev.toml", "protection.final_snapshot"],
        ["environments/prod.toml", "aurora.backup_retention_days"],
        ["environments/prod.toml", "aurora.maintenance_window"],
    ]


def test_a_problem_of_another_environment_does_not_count(folder: Folder) -> None:
    folder.write("dev.toml")
    folder.write("prod.toml", BAD)
    (folder.path / "staging.toml").write_text("[aws")

    assert names(folder, "dev") == ["dev"]


def test_a_clash_with_another_environment_counts(folder: Folder) -> None:
    folder.write("dev.toml", TAKEN)
    folder.write("prod.toml", TAKEN)

    assert [line.split(": ")[:2] for line in folder.lines("dev")] == [
        ["environments/prod.toml", "network.route_to_source.virtual_private_gateway_id"]
    ]


def test_a_clash_of_two_other_environments_does_not_count(folder: Folder) -> None:
    folder.write("dev.toml", {"aws.account_id": "444455556666"})
    folder.write("prod.toml", TAKEN)
    folder.write("staging.toml", TAKEN)

    assert names(folder, "dev") == ["dev"]


def test_an_empty_folder_needs_a_file(folder: Folder) -> None:
    assert folder.lines() == [
        (
            "environments: no TOML file found; needed: one for each environment; "
            "add environments/dev.toml"
        )
    ]


def test_a_missing_folder_needs_a_file(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentsError, match="no TOML file found"):
        load_environments(tmp_path / "environments")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (
            b"[aws]\nregion = eu\n",
            (
                "aws.region: line 2: eu given, not TOML (invalid value); allowed: TOML 1.0; "
                'put it in quotes: "eu"'
            ),
        ),
        (
            b"[alarms]\nemails = ['dba",
            "not TOML (expected \"'\"); allowed: TOML 1.0; correct the file's end",
        ),
        (
            b"# caf\xe9\n",
            "byte 0xe9 at position 5 given; allowed: text in UTF-8; save the file as UTF-8",
        ),
    ],
    ids=["line", "end", "encoding"],
)
def test_a_file_that_is_no_toml_is_one_line(content: bytes, line: str, folder: Folder) -> None:
    (folder.path / "dev.toml").write_bytes(content)

    assert folder.lines() == [f"environments/dev.toml: {line}"]


END = "end the text with the quote that it begins with, in the same line"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (
            "[protection]\nprevent_destroy = True # yes",
            "protection.prevent_destroy: line 2: True given, not TOML (invalid value)#write it as true",
        ),
        (
            "[source]\nport =\n",
            (
                "source.port: line 2: nothing given, not TOML (invalid value)#give it a value, or remove "
                "the line"
            ),
        ),
        (
            "[[dms.tasks]]\n[[dms.tasks]]\ntables = [{ schema = public }]",
            (
                "dms.tasks[1].tables: line 3: [{ schema = public }] given, not TOML (invalid value)#put "
                "text in quotes"
            ),
        ),
        (
            '[aws]\nregion = "a"\nregion = "b"\n',
            (
                'aws.region: line 3: "b" given, not TOML (cannot overwrite a value)#remove one of the two, '
                "this one or an earlier one"
            ),
        ),
        (
            "[aws]\n[network.vpc]\n[network.vpc]",
            (
                "line 3: [network.vpc] given, not TOML (cannot declare [network.vpc] twice)#put all of it "
                "under the first"
            ),
        ),
        (
            '[source]\nca_certificate_file = "C:\\dir"',
            (
                "source.ca_certificate_file: line 2: \"C:\\dir\" given, not TOML (unescaped '\\' in a "
                "string)#put it in single quotes, or write \\\\ for each \\"
            ),
        ),
        (
            'aws.region = "eu\n',
            (
                "aws.region: line 1: \"eu given, not TOML (illegal character '\\n')#end the text with the "
                "quote that it begins with, in the same line"
            ),
        ),
        (
            'aws.region = "a" aws.x = 1',
            (
                'aws.region: line 1: "a" aws.x = 1 given, not TOML (expected newline or end of document '
                "after a statement)#write one setting in a line, and text in quotes"
            ),
        ),
        (
            f"[tags]\nrepository = {'a' * 90}",
            (
                f"tags.repository: line 2: {'a' * 60}... given, not TOML (invalid value)#put it in quotes: "
                f'"{"a" * 60}"'
            ),
        ),
        (
            "[aws\n",
            "line 1: not TOML (expected ']' at the end of a table declaration)#close the bracket",
        ),
        (
            "[source]\nsecret_arn = hunter2",
            (
                "source.secret_arn: line 2: text that may hold a secret and is not shown given, not TOML "
                "(invalid value)#put text in quotes"
            ),
        ),
        (
            "[source]\nport = .5432",
            "source.port: line 2: .5432 given, not TOML (invalid value)#write it as 5432",
        ),
        (
            "[alarms]\nemails = dba@example.org",
            (
                "alarms.emails: line 2: dba@example.org given, not TOML (invalid value)#write it as "
                '["dba@example.org"]'
            ),
        ),
        (
            '[source]\nextra_attributes = { password = "hunter2", a = b }',
            (
                "source.extra_attributes: line 2: text that may hold a secret and is not shown given, not "
                "TOML (invalid value)#put text in quotes"
            ),
        ),
        ("[source]\nword = hunter2", "line 2: not TOML (invalid value)#put text in quotes"),
        ("[dms.tasks]\nname = hunter2", "line 2: not TOML (invalid value)#put text in quotes"),
        (
            "[network]\nvpc.nat = Single",
            'network.vpc.nat: line 2: Single given, not TOML (invalid value)#put it in quotes: "single"',
        ),
        (
            "[aws]\nregion = \u201ceu-west-1\u201d",
            (
                "aws.region: line 2: \u201ceu-west-1\u201d given, not TOML (invalid value)#put it in "
                'quotes: "eu-west-1"'
            ),
        ),
        *(
            (
                f"[aws]\nregion = {quote}eu-west-1\n[tags]\n",
                f"aws.region: line 2: {quote}eu-west-1 given, not TOML ({said})#{END}",
            )
            for quote, said in (
                ("'", 'expected "\'"'),
                ("'''", "expected \"'''\""),
                ('"""', "unterminated string"),
            )
        ),
        (
            '[aws]\nassume_role = { role_arn = "a", }',
            (
                'aws.assume_role: line 2: { role_arn = "a", } given, not TOML (invalid initial character '
                "for a key part)#take out a comma before }, and write a name before ="
            ),
        ),
        ("x = 2026-02-30", "line 1: not TOML (invalid date or datetime)#correct the line"),
    ],
)
def test_a_line_that_is_no_toml_names_its_setting_and_text(
    content: str, line: str, folder: Folder
) -> None:
    """Nothing is shown of what is no setting: it may be a password."""
    (folder.path / "dev.toml").write_text(content)

    problem, mend = line.rsplit("#", 1)
    assert folder.lines() == [f"environments/dev.toml: {problem}; allowed: TOML 1.0; {mend}"]


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (Path.mkdir, "not a regular file"),
        (os.mkfifo, "not a regular file"),
        (lambda file: file.symlink_to("/dev/zero"), "not a regular file"),
        (lambda file: file.symlink_to(file), "Too many levels of symbolic links"),
        (lambda file: file.write_text("#" * 1_000_001), "larger than 1 MB"),
    ],
    ids=["folder", "pipe", "device", "link to itself", "size"],
)
def test_what_cannot_be_read_is_one_line(
    make: Callable[[Path], object], reason: str, folder: Folder
) -> None:
    make(folder.path / "dev.toml")

    assert folder.lines() == [
        (
            f"environments/dev.toml: cannot be read ({reason}); allowed: a file of 1 MB at most that "
            "can be read; put such a file there, or correct its permissions"
        )
    ]


@pytest.mark.parametrize(
    "content",
    [f"a = {'[' * 3000}{']' * 3000}", f"a = {'{a=' * 3000}1"],
    ids=["lists", "tables"],
)
def test_what_is_nested_3000_fold_is_one_line(content: str, folder: Folder) -> None:
    (folder.path / "dev.toml").write_text(content)

    assert folder.lines() == [
        (
            "environments/dev.toml: tables or lists in one another given, too many to be read; "
            "allowed: TOML as docs/settings.md has it; remove them"
        )
    ]


NUMBERS = {"hexadecimal": f"0x{'f' * 4000}", "decimal": "1" * 4002, "fraction": f"0.{'1' * 4002}"}
PLACES = {
    "text": "[aws]\naccount_id = {}",
    "number": "[source]\nport = {}",
    "list": "[alarms]\nemails = [{}]",
    "parameter": "[aurora.parameters]\nwork_mem = {}",
    "table": "source = {{\tport={}}}",
    "unknown": "a = [\n{}]",
}


@pytest.mark.parametrize("number", NUMBERS.values(), ids=NUMBERS)
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_a_number_that_python_could_not_write_is_one_line(
    place: str, number: str, folder: Folder
) -> None:
    content = place.format(number)
    (folder.path / "dev.toml").write_text(content)

    assert folder.lines() == [
        (
            f"environments/dev.toml: line {content.count(chr(10)) + 1}: 4002 characters without quotes "
            "given; allowed: numbers and keys of 255 characters at most; shorten it"
        )
    ]


def test_such_a_number_in_another_environment_does_not_count(folder: Folder) -> None:
    folder.write("dev.toml")
    (folder.path / "prod.toml").write_text(f"[source]\nport = {NUMBERS['hexadecimal']}")

    assert names(folder, "dev") == ["dev"]


@pytest.mark.parametrize(
    "key", ["a" + 16 * ".a", "[a" + 16 * ' . "b" ' + "]", "x = {a" + 16 * ".'b.c'" + " = 1}"]
)
def test_a_key_of_many_parts_is_one_line(key: str, folder: Folder) -> None:
    (folder.path / "dev.toml").write_text(f"# a\n{key}\n")

    assert folder.lines() == [
        (
            "environments/dev.toml: line 2: a key of 17 parts given; allowed: keys of 16 parts at "
            "most; remove it"
        )
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"# {'a.' * 99}{'b' * 999}\nx = 1",
        f'x = "{"a." * 99}\\"{"b." * 99}{"c" * 999}"',
        f"x = '{'a.' * 99}{'b' * 999}'",
        f'x = """\n"{"a." * 99}\\"""{"b." * 99}{"c" * 999}""""',
        f"x = '''\n''{'a.' * 99}{'b' * 999}''''",
        f"{'b' * 255} = 1",
        f"a{'.a' * 15} = 1",
    ],
    ids=["comment", "text", "literal", "lines", "literal lines", "long key", "deep key"],
)
def test_what_stands_in_quotes_may_be_long(text: str, folder: Folder) -> None:
    (folder.path / "prod.toml").write_text(text)

    assert "no setting of this name" in str(folder.lines())


def test_of_very_many_problems_the_first_are_told(folder: Folder) -> None:
    folder.write("dev.toml", {"alarms.emails": 200 * ["a"]})
    folder.write("prod.toml", {"aurora.parameters": {f"a{it}": "\0" for it in range(200)}})
    folder.write("staging.toml", {"alarms.emails": 40 * ["a"]})

    assert [line for line in folder.lines() if "found" in line or "problems" in line] == [
        "environments/dev.toml: 200 problems or more given; told: 100 of them; mend these first",
        "environments/prod.toml: 101 problems or more given; told: 100 of them; mend these first",
    ]
    assert len(folder.lines()) == 101 + 101 + 40


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("dms.target.after_connect_script", "SELECT '${TfToken[TOKEN.0]}'"),
        ("dms.tasks.0.tables.0.schema", "#{TfToken[TOKEN.0]}"),
        ("aurora.parameters.work_mem", "&{TfToken[TOKEN.0]}"),
        ("aurora.parameters.work_mem", -8.109562212591379e298),
        ("tags.extra.team", "x-1.8881545897087498e+289"),
        ("aurora.parameters.work_mem", "String Map Token Value"),
    ],
)
def test_what_cdktf_would_take_for_its_own_reference_is_one_line(
    place: str, value: str | float, folder: Folder
) -> None:
    folder.write("dev.toml", {place: value})
    setting = place.replace(".0", "[0]")

    assert folder.lines() == [
        (
            f"environments/dev.toml: {setting}: {toml(value)} given; allowed: text without the marks "
            "of cdktf's own references; remove it"
        )
    ]


def test_a_key_too_may_be_none_of_cdktfs_references(folder: Folder) -> None:
    key = "-8.109562212591379e+298"
    folder.write("dev.toml", {"tags": {"repository": "example/a", "extra": {key: "x"}}})

    assert folder.lines() == [
        (
            f'environments/dev.toml: tags.extra: the key "{key}" given; allowed: text without the '
            "marks of cdktf's own references; rename the key"
        )
    ]


@pytest.mark.parametrize("value", ["-1e5", "-8.1.0e298", "-8.1e297", "a{TfToken", "${x}"])
def test_what_only_looks_like_a_reference_of_cdktfs_is_taken(value: str, folder: Folder) -> None:
    folder.write("dev.toml", {"aurora.parameters.work_mem": value})

    assert names(folder) == ["dev"]


def test_a_byte_order_mark_does_no_harm(folder: Folder) -> None:
    folder.write("dev.toml")
    file = folder.path / "dev.toml"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())

    assert names(folder) == ["dev"]


@pytest.mark.parametrize("name", ["Dev", "dev-", "dev_1", "1st", "an-environment-of-mine"])
def test_a_file_with_no_environments_name_is_one_line(name: str, folder: Folder) -> None:
    folder.write(f"{name}.toml")

    assert folder.lines() == [
        (
            f'environments/{name}.toml: the name "{name}" given; allowed: lower-case letters, digits '
            "and single hyphens, 16 at most, a letter first; rename the file"
        )
    ]


def test_the_lines_of_an_empty_file_name_every_section(folder: Folder) -> None:
    (folder.path / "dev.toml").write_text("")

    assert [line.split(": ")[1] for line in folder.lines()] == [
        "aurora",
        "aws",
        "network",
        "tags",
    ]


def test_a_key_and_its_value_are_two_lines(folder: Folder) -> None:
    folder.write("dev.toml", {"tags.extra": {"aws:x": "!"}})

    assert [line.split(": ")[1] for line in folder.lines()] == ["tags.extra", 'tags.extra."aws:x"']


def test_a_date_is_no_text(folder: Folder) -> None:
    folder.write("dev.toml")
    with (folder.path / "dev.toml").open("a") as file:
        file.write("\n[alarms]\naurora_connections = 2026-01-01\n")

    assert folder.lines() == [
        (
            "environments/dev.toml: alarms.aurora_connections: a date given; allowed: a whole number, "
            "1 to 262143; set aurora_connections = 1000"
        )
    ]
