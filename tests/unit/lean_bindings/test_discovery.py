from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lean_bindings.discovery import imported_submodules, python_files

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from pkg.vpc import Vpc", {"vpc"}),
        ("from pkg.vpc.nested import Vpc", {"vpc"}),
        ("from pkg import vpc, subnet", {"vpc", "subnet"}),
        ("from pkg import vpc, \\\n    subnet", {"vpc", "subnet"}),
        ("from pkg import (\n    vpc,\n    subnet,\n)\nfrom other import kms", {"vpc", "subnet"}),
        ("import pkg.vpc", {"vpc"}),
        ("import other, pkg.vpc as v", {"vpc"}),
        ("import pkg\npkg.vpc.Vpc()", {"vpc"}),
        ("import pkg as p\np.vpc.Vpc()\nmap.kms", {"vpc"}),
        ("p.vpc.Vpc()\nimport pkg as p", {"vpc"}),
        ("import importlib\nimportlib.import_module('pkg.vpc')", {"vpc"}),
        ("def build():\n    from pkg.vpc import Vpc", {"vpc"}),
        ("def build():\n    from pkg import vpc", {"vpc"}),
        ("if TYPE_CHECKING:\n    from pkg.vpc import Vpc", {"vpc"}),
        ("half a line of (pkg.vpc", {"vpc"}),
        ("from pkg_other.vpc import Vpc\nimport pkg", set()),
        ("import pkg", set()),
    ],
)
def test_what_a_file_imports(tmp_path: Path, text: str, found: set[str]) -> None:
    (tmp_path / "main.py").write_text(text)
    assert imported_submodules("pkg", [tmp_path]) == found


def test_files_are_found_below_every_source(tmp_path: Path) -> None:
    for path, submodule in [("one/deep/a.py", "vpc"), ("two/b.py", "subnet"), ("two/c.txt", "kms")]:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(f"import pkg.{submodule}")
    assert imported_submodules("pkg", [tmp_path / "one", tmp_path / "two"]) == {"vpc", "subnet"}


@pytest.mark.parametrize(
    "folder", [".venv/lib", "node_modules", "__pycache__", "cdktf.out", "env/lib", "site-packages"]
)
def test_other_people_s_code_is_not_read(tmp_path: Path, folder: str) -> None:
    (tmp_path / "env").mkdir()
    (tmp_path / "env" / "pyvenv.cfg").touch()
    (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    (tmp_path / folder / "module.py").write_text("import pkg.vpc")
    assert list(python_files([tmp_path])) == []


def test_a_name_too_many_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("from pkg import vpc as v  # see pkg.subnet")
    assert imported_submodules("pkg", [tmp_path]) > {"vpc", "subnet"}


def test_a_file_that_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "broken.py").symlink_to(tmp_path / "nowhere.py")
    (tmp_path / "main.py").write_text("import pkg.vpc")
    assert imported_submodules("pkg", [tmp_path]) == {"vpc"}
