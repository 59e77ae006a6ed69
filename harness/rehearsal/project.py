"""The rehearsal's own copy of the project, with one environment."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.rehearsal.database import Database

ENVIRONMENT = "rehearsal"
_FILE = Path(__file__).with_name(f"{ENVIRONMENT}.toml")
_GIVEN = tomllib.loads(_FILE.read_text())
HOST: str = _GIVEN["source"]["host"]
"""What the source's server is called."""
DATABASE: str = _GIVEN["source"]["database"]
_CERTIFICATES = Path("environments/certificates")
ROOT = Path(__file__).resolve().parents[2]
# What cdktf and ferry run.
_COPIED = ("main.py", "cdktf.json", ".terraform.lock.hcl", "constructs_lib", "facts", "ferry",
           "lean_bindings", "settings", "stacks")  # fmt: skip


def write_project(folder: Path, *, source: Database, account_id: str | None = None) -> Path:
    """Copy the project, with the rehearsal's environment in the place of the user's.

    Args:
        folder: In which the copy is made.
        source: The source: its port, and the authority by which its server is known.
        account_id: The account; by default the file's own.

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
    text = _FILE.read_text().replace(str(_GIVEN["source"]["port"]), str(source.port))
    if account_id:
        text = text.replace(_GIVEN["aws"]["account_id"], account_id)
    (project / "environments" / _FILE.name).write_text(text)
    return project


def trust_aurora(project: Path, authority: Path) -> None:
    """Put the authority by which Aurora's server is known where outside a rehearsal RDS's are."""
    shutil.copy(authority, project / _CERTIFICATES / "rds-ca.pem")
