"""Reads the environments' files and finds every problem of all of them at once."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from facts.dms import VERIFYING
from settings.environment import Environment
from settings.notation import either, toml
from settings.reading import asking
from settings.reading.certificate import read_certificates
from settings.reading.files import NotTomlError, document, toml_files
from settings.reading.limits import TooLongError
from settings.reading.mending import Reading, read
from settings.reading.problem import EnvironmentsError, Problem
from settings.reading.toml_errors import not_toml
from settings.rules.rule import Finding

_VARIABLE = "ENVIRONMENT_SUFFIX"
_CERTIFICATE = "source.ca_certificate_file"


def load_environments(folder: Path, *, selected: str | None = None) -> tuple[Environment, ...]:
    """The environments of a folder's files, sorted by name.

    A problem of a file that is not selected does not count, so that a broken prod.toml does not
    keep dev from being deployed. Rules about two environments do count where one of the two is
    selected: a network that overlaps another's is wrong whichever of them is deployed first. They
    read the other file as far as it can be understood.

    Args:
        folder: Where the TOML files are. The certificate files that they name are found from there.
        selected: Names separated by commas, as ENVIRONMENT_SUFFIX holds them; blanks and empty
            names are ignored. Default: all files.

    Raises:
        EnvironmentsError: The files hold problems, there is no file, or a name is unknown.
    """
    files = _files(folder)
    wanted = [name for part in (selected or "").split(",") if (name := part.strip())]
    chosen = frozenset(_label(file) for file in files if not wanted or file.stem in wanted)
    problems = list(_unknown(wanted, [file.stem for file in files]))
    readings = []
    for file in files:
        found = _read(file)
        if isinstance(found, Reading):
            readings.append(found)
        elif _label(file) in chosen:
            problems.extend(found)
    problems.extend(asking.across(readings, chosen))
    environments = []
    for reading in readings:
        if reading.file in chosen:
            certificate, complaints = _certificate(folder, reading)
            problems += [*reading.problems, *asking.within(reading), *complaints]
            environments.append(reading.environment.model_copy(update=certificate))
    if problems:
        raise EnvironmentsError(problems)
    return tuple(environments)


def _files(folder: Path) -> list[Path]:
    files = toml_files(folder)
    if not files:
        raise EnvironmentsError(
            [
                Problem(
                    folder.name,
                    "",
                    "no TOML file found",
                    "needed: one for each environment",
                    f"add {folder.name}/dev.toml",
                )
            ]
        )
    return files


def _label(file: Path) -> str:
    return f"{file.parent.name}/{file.name}"


def _unknown(wanted: list[str], known: list[str]) -> Iterator[Problem]:
    for name in wanted:
        if name not in known:
            yield Problem(
                _VARIABLE,
                "",
                f"{toml(name)} given",
                f"allowed: {either(known)}, several separated by commas",
                "correct the name, or unset it for all",
            )


def _read(file: Path) -> Reading | Sequence[Problem]:
    """What a file says, or why it cannot be understood at all."""
    label = _label(file)
    try:
        held = _held(file, label)
        return [held] if isinstance(held, Problem) else read(label, file.stem, held)
    except RecursionError:
        return [
            Problem(
                label,
                "",
                "tables or lists in one another given, too many to be read",
                "allowed: TOML as docs/settings.md has it",
                "remove them",
            )
        ]
    except EnvironmentsError as error:
        return error.problems


def _held(file: Path, label: str) -> Mapping[str, Any] | Problem:
    try:
        return document(file)
    except OSError as error:
        return Problem(
            label,
            "",
            f"cannot be read ({error.strerror})",
            "allowed: a file of 1 MB at most that can be read",
            "put such a file there, or correct its permissions",
        )
    except UnicodeDecodeError as error:
        return Problem(
            label,
            "",
            f"byte {error.object[error.start]:#04x} at position {error.start} given",
            "allowed: text in UTF-8",
            "save the file as UTF-8",
        )
    except TooLongError as error:
        return Problem(
            label, f"line {error.line}", error.given, f"allowed: {error.allowed}", error.mend
        )
    except NotTomlError as error:
        return not_toml(label, error.text, str(error))


def _certificate(folder: Path, reading: Reading) -> tuple[dict[str, object], list[Problem]]:
    """What the environment takes from its certificate file, and what is wrong with that."""
    source = reading.environment.source
    known = reading.knows(_CERTIFICATE) and reading.knows("source.ssl_mode")
    if (
        source is None
        or not source.ca_certificate_file
        or source.ssl_mode not in VERIFYING
        or not known
    ):
        return {}, []
    found = read_certificates(folder, source.ca_certificate_file)
    if isinstance(found, Finding):
        return {}, [asking.problem(reading, found)]
    return {
        "source_ca_certificate_pem": found.pem,
        "remarks": tuple(f"{reading.file}: {_CERTIFICATE}: {it}." for it in found.left_out),
    }, []
