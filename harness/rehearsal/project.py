"""The rehearsal's own copy of the project, with one environment."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from harness.rehearsal.database import Database

ENVIRONMENT = "rehearsal"
_FILE = Path(__file__).with_name(f"{ENVIRONMENT}.toml")
_GIVEN = tomllib.loads(_FILE.read_text())
HOST: str = _GIVEN["source"]["host"]
"""What the source's server is called."""
DATABASE: str = _GIVEN["source"]["database"]
_CERTIFICATES = Path("environments/certificates")
CERTIFICATE = "certificates/source-ca.pem"
"""The file of the authority by which the source is known, beside the environment's."""
ROOT = Path(__file__).resolve().parents[2]
_SECRET = re.compile(r"arn:[^\"]*:secret:shop/application-[^\"]*")
# What cdktf and ferry run.
_COPIED = ("main.py", "cdktf.json", "pyproject.toml", ".terraform.lock.hcl", "constructs_lib", "facts", "ferry",
           "lean_bindings", "settings", "stacks")  # fmt: skip


class Own(NamedTuple):
    """A user's own environment: its name, its account, and its file as it is deployed here."""

    name: str
    account_id: str
    text: str


def write_project(
    folder: Path, *, source: Database, account_id: str | None = None, own: Own | None = None
) -> Path:
    """Copy the project, with the rehearsal's environment in the place of the user's.

    Args:
        folder: In which the copy is made.
        source: The source: its port, and the authority by which its server is known.
        account_id: The account; by default the file's own.
        own: The user's own environment that is rehearsed; by default the rehearsal's.

    Returns:
        The copy's folder.
    """
    project = folder / "project"
    project.mkdir()
    for name in _COPIED:
        path = ROOT / name
        if path.is_dir():
            shutil.copytree(
                path, project / name, ignore=shutil.ignore_patterns("__pycache__", ".*")
            )
        else:
            shutil.copy(path, project)
    certificates = project / _CERTIFICATES
    certificates.mkdir(parents=True)
    shutil.copy(source.authority, certificates / "source-ca.pem")
    if own is None:
        name = ENVIRONMENT
        text = _FILE.read_text().replace(str(_GIVEN["source"]["port"]), str(source.port))
        old = _GIVEN["aws"]["account_id"]
    else:
        name, old, text = own
    if account_id:
        text = text.replace(old, account_id)
    (project / "environments" / f"{name}.toml").write_text(text)
    return project


def name_secret(project: Path, arn: str) -> None:
    """Name the application's secret in the environment's file, in the place of the one that stands there."""
    (file,) = (project / "environments").glob("*.toml")
    file.write_text(_SECRET.sub(arn, file.read_text()))


def trust_aurora(project: Path, authority: Path) -> None:
    """Put the authority by which Aurora's server is known where outside a rehearsal RDS's are."""
    shutil.copy(authority, project / _CERTIFICATES / "rds-ca.pem")
