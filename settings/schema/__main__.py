"""Writes environments/schema.json and docs/settings.md anew, after a change of the model.

`python -m settings.schema`; `python -m settings.schema FOLDER` writes them below another folder.
"""

import sys
from pathlib import Path

from settings.schema.json_schema import json_schema
from settings.schema.page import page

_ROOT = Path(__file__).parents[2]

root = Path(sys.argv[1]) if sys.argv[1:] else _ROOT
(root / "environments" / "schema.json").write_text(json_schema(), encoding="utf-8")
(root / "docs" / "settings.md").write_text(page(), encoding="utf-8")
