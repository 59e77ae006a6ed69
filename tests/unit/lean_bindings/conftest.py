"""A project with a fake provider to run programs in."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

from tests.unit.lean_bindings.fake_provider import write_fake_provider

REPOSITORY = Path(__file__).parents[3]

ENOUGH_SECONDS = 1_200
"""The provider as shipped takes ten on an idle machine, and minutes where others compute."""

HEAD = """\
import sys
from pathlib import Path
import lean_bindings

lean_bindings.activate("fake_provider", sources=[Path(__file__).parent])
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What a program printed, without what Python says of its own accord."""

    out: str
    err: str
    code: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Project:
    """A folder of sources, a folder of installed packages, and a cache of its own."""

    sources: Path
    site: Path
    cache: Path

    def write(self, text: str, *, name: str = "main.py", head: str = HEAD) -> Path:
        path = self.sources / name
        path.write_text(head + dedent(text))
        return path

    def environment(self, **changes: str) -> dict[str, str]:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("LEAN_BINDINGS")
        }
        return {
            **inherited,
            "PYTHONPATH": f"{self.site}{os.pathsep}{REPOSITORY}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "XDG_CACHE_HOME": str(self.cache),
            "JSII_RUNTIME_PACKAGE_CACHE": "disabled",
            **changes,
        }

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(self.sources / "main.py"), *arguments],
            env=self.environment(**environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, **environment: str) -> Outcome:
        with self.start(*arguments, **environment) as process:
            try:
                out, err = process.communicate(timeout=ENOUGH_SECONDS)
            finally:
                process.kill()
        return Outcome(out=out.strip(), err=err.strip(), code=process.returncode)

    @property
    def copies(self) -> list[Path]:
        """The slimmed copies in the cache."""
        return sorted((self.cache / "lean-bindings").glob("*.tgz"))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(sources=tmp_path / "project", site=tmp_path / "site", cache=tmp_path / "cache")
    made.sources.mkdir()
    made.site.mkdir()
    write_fake_provider(made.site)
    return made
