"""What is made from the model: environments/schema.json and docs/settings.md."""

import json
import runpy
from pathlib import Path

import pytest

from settings.schema.json_schema import json_schema
from settings.schema.page import page

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("file", ["environments/schema.json", "docs/settings.md"])
def test_what_the_command_writes_is_current(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("environments", "docs"):
        (tmp_path / folder).mkdir()
    monkeypatch.setattr("sys.argv", ["schema", str(tmp_path)])

    runpy.run_module("settings.schema", run_name="__main__")

    assert (ROOT / file).read_text(encoding="utf-8") == (tmp_path / file).read_text(
        encoding="utf-8"
    ), "the model has changed; run python -m settings.schema"


def test_the_schema_knows_no_null() -> None:
    assert '"type": "null"' not in json_schema()
    assert ": null" not in json_schema()


def test_an_editor_says_what_a_setting_is_allows_and_is_by_default() -> None:
    properties = json.loads(json_schema())["$defs"]["Aurora"]["properties"]

    assert properties["backup_retention_days"]["description"] == (
        "How long automated backups are kept. Allowed: 1 to 35 days. Default: `7`."
    )


@pytest.mark.parametrize(
    "line",
    [
        "- **`port`**: The cluster's TCP port. Allowed: 1150 to 65535. Default: `5432`.",
        "- **`multi_az`**: Whether a standby waits in another zone. Default: `true`.",
        "- **`region`**: Its region. Allowed: an AWS region's code. Default: this environment's.",
        "- **`tags`** (required): Who owns what is made. See [`[tags]`](#tags).",
        "## `[[dms.tasks]]`",
        "## `[aurora.parameters.NAME]`",
    ],
)
def test_the_page_has_a_line_for_each_kind_of_setting(line: str) -> None:
    assert line in page().splitlines()
