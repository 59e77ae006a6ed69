"""Synthesizes many changed copies of an environment in one process, which takes node up once.

``python -m tests.terraform.synthesize_edits FOLDER``: each folder in FOLDER has a folder
``environments`` of its own, and a file ``selected`` with the environment's name in it; its stack is
written into ``cdktf.out`` beside them.
"""

from __future__ import annotations

import sys
from pathlib import Path

import lean_bindings

SELECTED = "selected"


def main(folder: Path) -> None:
    """Synthesize every copy below a folder."""
    lean_bindings.activate("cdktf_cdktf_provider_aws")
    # After the bindings are told to be lean.
    from cdktf import App  # noqa: PLC0415

    from settings.reading.loading import load_environments  # noqa: PLC0415
    from stacks.migration_stack import MigrationStack  # noqa: PLC0415

    for copy in sorted(it.parent for it in folder.glob(f"*/{SELECTED}")):
        app = App(outdir=str(copy / "cdktf.out"))
        selected = (copy / SELECTED).read_text()
        for environment in load_environments(copy / "environments", selected=selected):
            MigrationStack(app, environment)
        app.synth()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
