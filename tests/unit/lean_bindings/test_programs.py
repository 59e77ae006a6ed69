"""Whole programs with a small provider and jsii's real kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.lean_bindings.conftest import ENOUGH_SECONDS, HEAD
from tests.unit.lean_bindings.fake_provider import write_dependent, write_fake_provider

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.lean_bindings.conftest import Project

pytestmark = pytest.mark.slow

_ALPHA = """
    from fake_provider.alpha_one import Thing
    thing = Thing()
    print(thing.label, thing.loaded, *sorted(m for m in sys.modules if m.startswith("fake_provider")))
"""

_LATE = """
    import importlib
    from fake_provider.alpha_one import Thing
    print(Thing().label, flush=True)
    importlib.import_module("fake_" + "provider.gamma")
"""


def test_only_what_is_imported_is_loaded_cold_and_warm(project: Project) -> None:
    project.write(_ALPHA)
    cold = project.run()
    assert cold.out == "alphaOne 2 fake_provider fake_provider._jsii fake_provider.alpha_one"
    assert cold.err == ""
    [copy] = project.copies
    built = copy.stat().st_mtime_ns, copy.stat().st_ino
    warm = project.run()
    assert (warm.out, warm.err) == (cold.out, "")
    [copy] = project.copies
    assert copy.stat().st_ino == built[1]


def test_switched_off_the_package_is_as_shipped(project: Project) -> None:
    project.write(_ALPHA)
    off = project.run(LEAN_BINDINGS="off")
    assert off.out.startswith(
        "alphaOne 4 fake_provider fake_provider._jsii fake_provider.alpha_one "
    )
    assert off.out.endswith(" fake_provider.beta fake_provider.gamma")
    assert off.err == ""
    assert not project.cache.exists()


def test_a_submodule_brings_what_its_types_and_modules_need(project: Project) -> None:
    project.write("""
        from fake_provider.beta import Thing
        thing = Thing()
        print(thing.label, thing.loaded)
    """)
    assert project.run().out == "beta 3"


def test_submodules_imported_before_the_load_need_not_be_in_the_sources(project: Project) -> None:
    (project.site / "library.py").write_text("from fake_provider.gamma import Thing\n")
    project.write("""
        import fake_provider.alpha_one
        import library
        print(library.Thing().label)
    """)
    ran = project.run()
    assert (ran.out, ran.err) == ("gamma", "")


def test_submodules_are_found_anywhere_in_the_sources(project: Project) -> None:
    project.write("""
        import fake_provider.alpha_one
        fake_provider.alpha_one.Thing()
        import helpers
        print(helpers.thing().label)
    """)
    project.write(
        """
        def thing():
            from fake_provider import gamma
            return gamma.Thing()
        """,
        name="helpers.py",
        head="",
    )
    ran = project.run()
    assert (ran.out, ran.err) == ("gamma", "")


def test_a_new_import_gets_a_copy_of_its_own(project: Project) -> None:
    project.write(_ALPHA)
    project.run()
    project.write("from fake_provider.gamma import Thing\nprint(Thing().label)\n")
    ran = project.run()
    assert (ran.out, ran.err) == ("gamma", "")
    assert len(project.copies) == 2


def test_a_late_import_says_how_to_go_on(project: Project) -> None:
    project.write(_LATE)
    ran = project.run()
    assert (ran.out, ran.code) == ("alphaOne", 1)
    assert ran.err.splitlines()[-1] == (
        "lean_bindings.errors.LateImportError: fake_provider.gamma was imported after fake_provider "
        "had been loaded without it. Import it where the program starts, or set LEAN_BINDINGS=off "
        "to use the package as shipped."
    )


def test_a_missing_submodule_is_python_s_ordinary_error(project: Project) -> None:
    project.write("""
        import fake_provider.alpha_one
        fake_provider.alpha_one.Thing()
        import fake_provider.omega
    """)
    assert project.run().err.endswith("ModuleNotFoundError: No module named 'fake_provider.omega'")


def test_what_node_refuses_is_raised_where_the_call_stands(project: Project) -> None:
    project.write("""
        import jsii
        from fake_provider.alpha_one import Thing
        try:
            Thing("too much")
        except jsii.errors.JSIIError as error:
            print(error, Thing().label)
    """)
    ran = project.run()
    assert ran.out == "Too many arguments (method accepts 0 parameters, got 1 arguments) alphaOne"
    assert (ran.err, ran.code) == ("", 0)


def test_a_jsii_that_is_built_in_another_way_costs_speed_only(project: Project) -> None:
    project.write(
        _ALPHA, head=f'{HEAD}sys.modules["lean_bindings.direct"] = None  # as if it did not fit\n'
    )
    ran = project.run()
    assert ran.out.startswith("alphaOne 2 ")
    assert ran.err.startswith("lean_bindings: node is started the way jsii ")
    assert len(ran.err.splitlines()) == 1


def test_a_cache_folder_that_cannot_be_written_costs_speed_only(project: Project) -> None:
    project.cache.write_text("a file where the folder should be")
    project.write(_ALPHA)
    ran = project.run()
    assert ran.out.startswith("alphaOne 4 ")
    assert ran.err == (
        "lean_bindings: using fake_provider as shipped, which is slower: NotADirectoryError: "
        f"[Errno 20] Not a directory: '{project.cache}/lean-bindings'"
    )
    assert len(ran.err.splitlines()) == 1


def test_a_full_disk_costs_speed_only(project: Project) -> None:
    project.write("""
        import os
        def fsync(descriptor):
            raise OSError(28, "No space left on device")
        os.fsync = fsync
        from fake_provider.alpha_one import Thing
        print(Thing().loaded)
    """)
    ran = project.run()
    assert ran.out == "4"
    assert ran.err == (
        "lean_bindings: using fake_provider as shipped, which is slower: "
        "OSError: [Errno 28] No space left on device"
    )
    assert list((project.cache / "lean-bindings").iterdir()) == []


def test_a_copy_that_jsii_cannot_load_is_thrown_away(project: Project) -> None:
    project.write(_ALPHA)
    project.run()
    [copy] = project.copies
    copy.write_bytes(b"not a tarball")
    ran = project.run()
    assert ran.out.startswith("alphaOne 4 ")
    assert ran.err.startswith(
        f"lean_bindings: using fake_provider as shipped, which is slower: jsii cannot load {copy}: "
    )
    assert len(ran.err.splitlines()) == 1
    assert project.copies == []
    assert project.run().out.startswith("alphaOne 2 ")


def test_a_build_that_is_killed_leaves_no_copy(project: Project) -> None:
    project.write("""
        import os, signal
        if sys.argv[1:]:
            os.fsync = lambda descriptor: os.kill(os.getpid(), signal.SIGKILL)
        from fake_provider.alpha_one import Thing
        print(Thing().loaded)
    """)
    assert project.run("killed").code == -9
    assert project.copies == []
    assert project.run().out == "2"
    assert len(project.copies) == 1


def test_two_processes_may_build_at_once(project: Project) -> None:
    project.write(_ALPHA)
    processes = [project.start() for _ in range(2)]
    said = [process.communicate(timeout=ENOUGH_SECONDS) for process in processes]
    assert said[0] == said[1]
    assert said[0][0].startswith("alphaOne 2 ")
    assert [path.suffix for path in (project.cache / "lean-bindings").iterdir()] == [".tgz"]


def test_another_content_of_the_same_version_gets_a_copy_of_its_own(project: Project) -> None:
    project.write(_ALPHA)
    project.run()
    (project.site / "fake_provider").rename(project.site / "before")
    write_fake_provider(project.site, license="MPL-2.0")
    assert project.run().out.startswith("alphaOne 2 ")
    assert len(project.copies) == 2


def test_a_package_that_was_imported_before_stays_as_shipped(project: Project) -> None:
    project.write(_ALPHA, head=f"import fake_provider\n{HEAD}")
    ran = project.run()
    assert ran.out.startswith("alphaOne 4 ")
    assert ran.err == (
        "lean_bindings: using fake_provider as shipped, which is slower: "
        "it was imported before it could be made lean"
    )


def test_a_package_with_types_at_its_root_stays_as_shipped(project: Project) -> None:
    root = project.site / "fake_provider" / "__init__.py"
    root.write_text(root.read_text() + '# class Root(jsii_type="@fake/provider.Root")\n')
    project.write(_ALPHA)
    ran = project.run()
    assert ran.out.startswith("alphaOne 4 ")
    assert ran.err == (
        "lean_bindings: using fake_provider as shipped, which is slower: "
        "it has types outside its submodules"
    )


def test_a_package_that_another_builds_on_stays_whole(project: Project) -> None:
    write_dependent(project.site)
    project.write("""
        from fake_provider.alpha_one import Thing
        import dependent
        print(dependent.Thing().label, Thing().label)
    """)
    ran = project.run()
    assert ran.out == "gamma alphaOne"
    assert ran.err == (
        "lean_bindings: using fake_provider as shipped, which is slower: "
        "another jsii package builds on it"
    )


def test_a_package_that_builds_on_a_loaded_one_is_too_late(project: Project) -> None:
    write_dependent(project.site)
    project.write("""
        from fake_provider.alpha_one import Thing
        Thing()
        import dependent
    """)
    assert project.run().err.splitlines()[-1] == (
        "lean_bindings.errors.LateImportError: @fake/dependent, which builds on fake_provider, was "
        "imported after fake_provider had been loaded without it. Import it where the program "
        "starts, or set LEAN_BINDINGS=off to use the package as shipped."
    )


def test_an_installed_package_is_not_written_to(project: Project) -> None:
    before = _snapshot(project.site)
    project.write(_ALPHA)
    project.run()
    assert _snapshot(project.site) == before


def _snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
