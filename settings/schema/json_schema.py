"""Makes environments/schema.json, by which editors complete and check the environments' files."""

import inspect
import json
import re

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from settings.environment import EnvironmentFile
from settings.schema.descriptions import descriptions


class _TomlSchema(GenerateJsonSchema):
    """JSON Schema of what TOML can hold: it has no null, and a setting's name needs no title."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        generated = super().default_schema(schema)
        default = generated.get("default", ...)
        if default is None:
            del generated["default"]
        elif isinstance(default, dict):  # a section that is left out
            generated["default"] = {
                name: value for name, value in default.items() if value is not None
            }
        return generated

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        generated = super().model_schema(schema)
        # Paragraphs stay, lines end where the editor wants them to.
        text = inspect.getdoc(schema["cls"]) or ""
        generated["description"] = re.sub(r"(?<!\n)\n(?!\n)", " ", text)
        for name, text in descriptions(schema["cls"]).items():
            generated["properties"][name]["description"] = text
        return generated

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 -- pydantic asks
        return False


def json_schema() -> str:
    """The JSON Schema as the file holds it, descriptions taken from the docstrings."""
    generated = EnvironmentFile.model_json_schema(schema_generator=_TomlSchema)
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **generated,
        "title": "An environment of aurora-ferry",
    }
    return json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
