"""Notes which settings a rule reads."""

from typing import Any, cast

from settings.environment import Environment
from settings.section import Section


class Recorder:
    """Stands for a section and notes the path of every value that is read from it."""

    def __init__(self, section: Section, path: str, read: set[str]) -> None:
        self._section = section
        self._path = path
        self._read = read

    @classmethod
    def of(cls, environment: Environment, read: set[str]) -> Environment:
        """An environment that notes in `read` what is read from it."""
        return cast("Environment", cls(environment, "", read))

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- any setting
        fields = type(self._section).model_fields
        if name not in fields:
            made_of_settings = getattr(type(self._section), name, None)
            if isinstance(made_of_settings, property) and made_of_settings.fget:
                return made_of_settings.fget(self)
            return getattr(self._section, name)
        path = f"{self._path}{fields[name].alias or name}"
        return self._noted(getattr(self._section, name), path)

    def _noted(self, value: object, path: str) -> object:
        if isinstance(value, Section):
            return Recorder(value, f"{path}.", self._read)
        if isinstance(value, tuple) and any(isinstance(item, Section) for item in value):
            return tuple(self._noted(item, f"{path}.*") for item in value)
        # That an optional section is absent is known wherever one of its settings is.
        if value is not None:
            self._read.add(path)
        return value
