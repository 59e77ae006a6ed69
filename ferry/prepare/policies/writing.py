"""Writes documents into a folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ferry.errors import FerryError
from ferry.prepare.policies.documents import ADMINISTRATOR_ROLES, APPLY_ROLES
from ferry.prepare.steps import Outcome, Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ferry.prepare.policies.statements import Document


def text(document: Document) -> str:
    """A document as it is written: indented, which IAM does not count."""
    return json.dumps(document.as_json(), indent=2)


def write(documents: Sequence[Document], folder: Path) -> Iterator[Step]:
    """Write each document as NAME.json.

    Of `apply-roles` and `administrator-roles` an environment has the one or the other: what an
    earlier run wrote of the other goes.

    Args:
        documents: The documents.
        folder: Where to; made where it is missing.

    Raises:
        FerryError: The folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for document in documents:
            file, content = folder / f"{document.name}.json", f"{text(document)}\n"
            was = file.read_text(encoding="utf-8") if file.is_file() else None
            if was != content:
                file.write_text(content, encoding="utf-8")
            outcome = Outcome.CREATED if was is None else Outcome.MENDED
            yield Step(
                what=f"{file.name}: {document.what}",
                outcome=Outcome.RIGHT if was == content else outcome,
            )
        names = {document.name for document in documents}
        for old, new in ((APPLY_ROLES, ADMINISTRATOR_ROLES), (ADMINISTRATOR_ROLES, APPLY_ROLES)):
            if new in names:
                (folder / f"{old}.json").unlink(missing_ok=True)
    except OSError as error:
        raise FerryError(f"{folder} cannot be written to: {error.strerror}.") from None
