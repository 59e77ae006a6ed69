"""`ferry cutover ENV --postpone FILE` as typed: the window waits, and changes are carried meanwhile."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ferry.migrate.cutover import postponing
from harness.postgres import SUPERUSER
from tests.migration.databases import Database, eventually
from tests.migration.test_cutover import carried

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest
    from typer.testing import Result

    from tests.migration.deployed import Deployed

_LOCKS = "select pid from pg_locks where locktype = 'advisory' and objid = 3 and objsubid = 2"


@contextmanager
def waiting(deployed: Deployed, file: Path) -> Iterator[list[Result]]:
    """A cutover that waits for a file; what it came to is there behind the block."""
    ended: list[Result] = []
    source = Database(server=deployed.pair.source.server, name=SUPERUSER)
    typed = ("cutover", "dev", "--yes", "dev", "--postpone", str(file))
    thread = threading.Thread(target=lambda: ended.append(deployed.reached(*typed)))
    thread.start()
    try:
        # it is asked in another session than its own: one runner prints at a time
        eventually(lambda: not thread.is_alive() or bool(source.rows(_LOCKS)))
        yield ended
    finally:
        file.unlink(missing_ok=True)
        thread.join()


def test_the_window_waits_for_a_file_and_changes_go_on(
    deployed: Deployed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postponing, "SECONDS_BETWEEN_WORDS", 0.5)
    pair = deployed.pair
    carried(deployed)
    file = tmp_path / "not-yet"
    file.write_text("")
    refused = deployed.reached("cutover", "dev", "--plan", "--postpone", str(file))
    assert refused.exit_code == 2
    with waiting(deployed, file) as ended:
        markers = "select count(*) from ferry.fence_all"
        had = pair.target.value(markers)
        pair.source.run("insert into orders (id, what) values (4711, 'meanwhile')")
        eventually(lambda: pair.target.value("select count(*) from orders where id = 4711") == 1)
        eventually(lambda: pair.target.value(markers) > had + 2)
        assert pair.source.value("select count(*) from ferry.journal") == 0
        # nobody holds its place any more: it ends, and has done nothing
        Database(server=pair.source.server, name=SUPERUSER).run(
            *(f"select pg_terminate_backend({pid})" for (pid,) in pair.source.rows(_LOCKS))
        )
        eventually(lambda: bool(ended))
    (lost,) = ended
    assert lost.exit_code == 3, lost.output
    assert f"Waits until the file {file} is gone." in lost.stdout
    assert f"for {file} to go; the marker of the task all took " in lost.stdout
    assert pair.source.value("select count(*) from ferry.journal") == 0

    with waiting(deployed, tmp_path / "never") as ended:
        pass
    (done,) = ended
    assert done.exit_code == 0, done.output
    assert f"There is no file {tmp_path / 'never'}: nothing is waited for." in done.stdout
    assert pair.target.value("select count(*) from orders where id = 4711") == 1
