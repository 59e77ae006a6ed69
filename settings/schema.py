"""Writes environments/schema.json, by which editors complete and check the environments' files.

`python -m settings.schema` writes it anew after a change of the model; `python -m settings.schema
FILE` writes another file.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from settings.documentation import documentation
from settings.environment import EnvironmentFile

SCHEMA_FILE: Final = Path(__file__).parent.parent / "environments" / "schema.json"


class _TomlSchema(GenerateJsonSchema):
    """JSON Schema of what TOML can hold: it has no null, and a setting's name needs no title."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        generated = super().default_schema(schema)
        if generated.get("default", ...) is None:
            del generated["default"]
        return generated

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        generated = super().model_schema(schema)
        for name, text in documentation(schema["cls"]).items():
            generated["properties"][name]["description"] = text
        return generated

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 -- pydantic asks
        return False


def schema() -> str:
    """Return the JSON Schema as the file holds it, descriptions taken from the docstrings."""
    generated = EnvironmentFile.model_json_schema(schema_generator=_TomlSchema)
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_unwrapped(generated),
        "title": "An environment of aurora-ferry",
    }
    return json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _unwrapped(node: Any) -> Any:  # noqa: ANN401 -- JSON
    """Return a schema whose descriptions are not broken where the source's lines end."""
    if isinstance(node, dict):
        return {
            key: re.sub(r"(?<!\n)\n(?!\n)", " ", value)
            if key == "description" and isinstance(value, str)
            else _unwrapped(value)
            for key, value in node.items()
        }
    return [_unwrapped(item) for item in node] if isinstance(node, list) else node


if __name__ == "__main__":
    Path(*(sys.argv[1:] or [str(SCHEMA_FILE)])).write_text(schema(), encoding="utf-8")
