"""What documents and messages tell a user to type, typed as far as that goes without AWS."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

import pytest
import typer
import yaml
from typer.exceptions import TyperException

from ferry.cli.app import app
from harness.deployment import ROOT
from pull_requests.command import parser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.unfollowed

SUBFOLDER: Final = ROOT / "docs" / "decisions"
ACTIVATED: Final = f". {shlex.quote(str(ROOT))}/.venv/bin/activate &&"
PIPENV: Final = f"{shlex.quote(str(ROOT))}/.tools/pipenv/bin/pipenv run"

DOCUMENTS: Final = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
SETTINGS: Final = [*(ROOT / "environments").glob("*.*")]
CODE: Final = [
    file
    for folder in ROOT.glob("[!.]*/__init__.py")
    if folder.parent.name != "tests"
    for file in folder.parent.rglob("*.py")
]

PROGRAM: Final = r"(?:ferry|cdktf|make|pipenv|python3?|pytest|gh workflow run) "
BLOCK: Final = re.compile(r"^ *```(?:sh)?\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
IN_A_BLOCK: Final = re.compile(rf"(?:^|[;|&(]) *(?:\w+=\S* )*({PROGRAM}[^>|;&#\n]+)", re.MULTILINE)
QUOTED: Final = re.compile(rf"(['`])({PROGRAM}[^'`>|;\n]+)[^'`]*\1")
AT_THE_START: Final = re.compile(r"((?:ferry|cdktf) [a-z][^>|;\n]+)")


def test_commands_are_found_wherever_they_stand() -> None:
    assert "ferry bootstrap dev" in in_blocks(DOCUMENTS)
    assert "make review ENV=dev" in in_quotes(DOCUMENTS)
    assert "ferry secret source" in in_quotes(SETTINGS)
    assert {
        "ferry secret source X",
        "cdktf deploy X",
        "cdktf synth",
        "gh workflow run apply.yml -f stack=X -f pull_request=X",
    } <= in_messages(CODE)


def test_what_the_documents_say_can_be_typed() -> None:
    assert problems(in_blocks(DOCUMENTS)) == []
    assert problems(in_quotes(DOCUMENTS), shortened=True) == []


def test_what_the_settings_and_the_code_say_can_be_typed() -> None:
    assert problems(in_quotes(SETTINGS), shortened=True) == []
    assert problems(in_messages(CODE), shortened=True) == []


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("ferry --install-competion", "No such option: --install-competion"),
        ("ferry bootstrp dev", "No such command 'bootstrp'"),
        ("ferry secret target dev", "No such command 'target'"),
        ("ferry bootstrap", "Missing parameter: name"),
        ("ferry bootstrap dev prod", "Got unexpected extra argument"),
        ("ferry check aws dev --jsn", "No such option: --jsn"),
        ("cdktf deplyo dev", "cdktf has no command deplyo"),
        ("cdktf deploy dev --auto-aprove", "cdktf deploy has no option --auto-aprove"),
        (
            "python -m pull_requests find --stak dev",
            "python -m pull_requests takes other arguments",
        ),
        ("make tests", "make has no target tests"),
        ("pipenv run npx cdktf deploy dev", "npx is no program of the project"),
        ("python -m ferri", "there is no module ferri"),
        ("python3 tools/setup.py", "there is no tools/setup.py"),
        ("gh workflow run aply.yml -f stack=dev", "there is no workflow aply.yml"),
        ("gh workflow run apply.yml -f stck=dev", "apply.yml takes stack, pull_request"),
        ("pytest tests/integrations", "there is no tests/integrations"),
    ],
)
def test_what_cannot_be_typed_is_found(line: str, problem: str) -> None:
    (found,) = problems([line])

    assert found.startswith(f"{line}: ")
    assert problem in found


@pytest.mark.parametrize("folder", [ROOT, SUBFOLDER], ids=["root", "subfolder"])
@pytest.mark.parametrize("way", [ACTIVATED, PIPENV], ids=["activated", "pipenv"])
def test_the_programs_run_from_any_folder(way: str, folder: Path) -> None:
    for program in ("ferry", "cdktf"):
        finished = typed(f"{way} {program} --help", folder=folder)

        assert finished.returncode == 0, f"{finished.stderr}\nmake setup writes the program."
        assert f"{program} " in finished.stdout


def in_blocks(files: Iterable[Path]) -> set[str]:
    """Lines in the documents' blocks of shell commands."""
    return {line for file in files for line in in_a_block(file.read_text())}


def in_quotes(files: Iterable[Path]) -> set[str]:
    """Commands in running text, between quotes or backticks."""
    return {line for file in files for line in quoted(BLOCK.sub("", file.read_text()))}


def in_messages(files: Iterable[Path]) -> set[str]:
    """Commands in the code's strings, docstrings included; X stands for what is filled in."""
    texts = [text for file in files for text in strings(ast.parse(file.read_text()))]
    starting = {found[1].strip() for text in texts if (found := AT_THE_START.match(text))}
    return starting.union(*map(quoted, texts), *map(in_a_block, texts))


def in_a_block(text: str) -> set[str]:
    return {line.strip() for block in BLOCK.findall(text) for line in IN_A_BLOCK.findall(block)}


def quoted(text: str) -> set[str]:
    return {line.strip() for _, line in QUOTED.findall(text)}


def strings(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.JoinedStr):
        yield "".join(
            str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values
        )
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    else:
        for child in ast.iter_child_nodes(node):
            yield from strings(child)


def problems(lines: Iterable[str], *, shortened: bool = False) -> list[str]:
    """What is wrong with each line; shortened ones may name a command without its arguments."""
    found = []
    for line in sorted(lines):
        any_command = line.replace(" COMMAND --help", " --help")
        program, *arguments = shlex.split(any_command.removeprefix("pipenv run "))
        if program not in TRIES:
            found.append(f"{line}: {program} is no program of the project")
            continue
        if shortened and program == "ferry" and names_a_command(arguments):
            continue
        found += [f"{line}: {problem}" for problem in TRIES[program](arguments)]
    return found


@cache
def commands() -> Any:  # noqa: ANN401 - typer's own class of commands
    """Those of ferry, for this file alone: to make them takes longer than to read a line."""
    return typer.main.get_command(app)


def names_a_command(arguments: list[str]) -> bool:
    command: Any = commands()
    for argument in arguments:
        command = getattr(command, "commands", {}).get(argument)
    return command is not None


def try_ferry(arguments: list[str]) -> Iterator[str]:
    """Type it, with commands that do nothing."""
    ferry: Any = commands()
    if arguments[:1] in [parameter.opts for parameter in ferry.params]:
        return  # such as --install-completion, which would write into somebody's home
    groups = [ferry]
    for group in groups:
        for command in group.commands.values():
            if hasattr(command, "commands"):
                groups.append(command)
            else:
                command.callback = lambda **_: None
    try:
        ferry(arguments, prog_name="ferry", standalone_mode=False)
    except TyperException as error:
        yield str(error)


def try_cdktf(arguments: list[str]) -> Iterator[str]:
    command, *more = arguments
    manual = cdktf_manual(command)
    if not manual.startswith(f"cdktf {command}"):
        yield f"cdktf has no command {command}"
        return
    for option in more:
        if option.startswith("-") and not re.search(rf"^ .*{option} ", manual, re.MULTILINE):
            yield f"cdktf {command} has no option {option}"


@cache
def cdktf_manual(command: str) -> str:
    return typed(f"{ACTIVATED} cdktf {shlex.quote(command)} --help", folder=SUBFOLDER).stdout


def try_make(arguments: list[str]) -> Iterator[str]:
    if not re.search(rf"^{arguments[0]}:", (ROOT / "Makefile").read_text(), re.MULTILINE):
        yield f"make has no target {arguments[0]}"


def try_python(arguments: list[str]) -> Iterator[str]:
    if arguments[0] != "-m":
        yield from try_pytest(arguments)
    elif arguments[1] == "pull_requests" and arguments[3:]:
        try:
            parser().parse_args(arguments[2:])
        except SystemExit:
            yield "python -m pull_requests takes other arguments"
    elif not find_spec(arguments[1]):
        yield f"there is no module {arguments[1]}"


def try_pytest(arguments: list[str]) -> Iterator[str]:
    if not (ROOT / arguments[0]).exists():
        yield f"there is no {arguments[0]}"


def try_gh(arguments: list[str]) -> Iterator[str]:
    _, _, name, *options = arguments
    workflow = ROOT / ".github" / "workflows" / name
    if not workflow.is_file():
        yield f"there is no workflow {name}"
        return
    on = yaml.safe_load(workflow.read_text())[True]  # YAML 1.1 reads `on` as true
    given = {option.partition("=")[0] for option in options if option != "-f"}
    if given != set(on["workflow_dispatch"]["inputs"]):
        yield f"{name} takes {', '.join(on['workflow_dispatch']['inputs'])}"


def typed(line: str, *, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", line], cwd=folder, capture_output=True, text=True, check=False
    )


TRIES: Final[dict[str, Callable[[list[str]], Iterator[str]]]] = {
    "ferry": try_ferry,
    "cdktf": try_cdktf,
    "make": try_make,
    "python": try_python,
    "python3": try_python,
    "pytest": try_pytest,
    "gh": try_gh,
}
