"""The rehearsal's own copy of the project, with one environment."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

ENVIRONMENT = "rehearsal"
_FILE = Path(__file__).with_name(f"{ENVIRONMENT}.toml")
_SOURCE = tomllib.loads(_FILE.read_text())["source"]
HOST: str = _SOURCE["host"]
"""What the source's server is called."""
DATABASE: str = _SOURCE["database"]
_CERTIFICATES = Path("environments/certificates")
ROOT = Path(__file__).resolve().parents[2]
# What cdktf and ferry run.
_COPIED = ("main.py", "cdktf.json", ".terraform.lock.hcl", "constructs_lib", "facts", "ferry",
           "lean_bindings", "settings", "stacks")  # fmt: skip


def write_project(folder: Path, *, source_authority: Path) -> Path:
    """Copy the project, with the rehearsal's environment in the place of the user's.

    Args:
        folder: In which the copy is made.
        source_authority: The certificate of the authority by which the source's server is known.

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
    shutil.copy(source_authority, certificates / "source-ca.pem")
    shutil.copy(_FILE, project / "environments")
    return project


def trust_aurora(project: Path, authority: Path) -> None:
    """Put the authority by which Aurora's server is known where outside a rehearsal RDS's are."""
    shutil.copy(authority, project / _CERTIFICATES / "rds-ca.pem")
