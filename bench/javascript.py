"""Writes the JavaScript program that makes the same calls as main.py, for the bench's peer.

Each ``new`` with its arguments, each attribute that is read, each method that is called stands in
it as a person would write it for CDKTF in JavaScript; what the Python program computes from the
environments' files stands in it as literals.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_PROVIDER = "@cdktf/provider-aws"
_EXPORT = re.compile(r'^exports\.(\w+) = require\("\./([^"]+)"\);', re.MULTILINE)
_TOKEN = re.compile(r"\$\{TfToken\[TOKEN\.\d+\]\}")
# Where cdktf's numeric tokens begin (cdktf, lib/tokens/private/encoding.js).
_NUMBER_TOKENS = -1e280


class UnknownCallError(Exception):
    """The trace holds something that this module cannot write in JavaScript."""


def provider_modules(package: Path) -> dict[str, str]:
    """The folder of each submodule, ``rds-cluster`` for ``rdsCluster``, in an npm package."""
    return dict(_EXPORT.findall((package / "lib" / "index.js").read_text(encoding="utf-8")))


def program(calls: Iterable[Mapping[str, Any]], modules: Mapping[str, str]) -> str:
    """The program's text.

    Args:
        calls: What ``bench.tracing`` wrote.
        modules: The provider's folders, by submodule.

    Raises:
        UnknownCallError: A call is of a kind that no program of this project makes today.
    """
    return _Program(modules).text(calls)


class _Program:
    def __init__(self, modules: Mapping[str, str]) -> None:
        self._modules = modules
        self._requires: dict[str, str] = {}
        self._objects: dict[str, str] = {}
        self._tokens: dict[str, str] = {}
        self._lines: list[str] = []

    def text(self, calls: Iterable[Mapping[str, Any]]) -> str:
        for call in calls:
            request = call["request"]
            if request["api"] not in ("load", "stats"):
                self._statement(request, call["answer"])
        requires = [f"const {name} = require({target});" for name, target in self._requires.items()]
        return "\n".join(['"use strict";', *requires, *self._lines, ""])

    def _statement(self, request: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        variable = f"v{len(self._lines)}"
        self._lines.append(f"const {variable} = {self._expression(request)};")
        result = answer if request["api"] == "create" else answer.get("value", answer.get("result"))
        self._remember(variable, result)

    def _expression(self, request: Mapping[str, Any]) -> str:
        api = request["api"]
        if api in ("create", "invoke", "sinvoke"):
            arguments = [self._value(argument) for argument in request["args"]]
            while arguments and arguments[-1] == "undefined":
                arguments.pop()
            listed = ", ".join(arguments)
        if api == "create" and not request["overrides"]:
            return f"new {self._class(request['fqn'])}({listed})"
        if api == "invoke":
            return f"{self._value(request['objref'])}.{request['method']}({listed})"
        if api == "sinvoke":
            return f"{self._class(request['fqn'])}.{request['method']}({listed})"
        if api == "get":
            return f"{self._value(request['objref'])}.{request['property']}"
        if api == "sget":
            return f"{self._class(request['fqn'])}.{request['property']}"
        raise UnknownCallError(json.dumps(request)[:200])

    def _remember(self, variable: str, result: object) -> None:
        if isinstance(result, dict) and "$jsii.byref" in result:
            self._objects[result["$jsii.byref"]] = variable
        elif isinstance(result, str) and _TOKEN.fullmatch(result):
            self._tokens[result] = variable
        elif isinstance(result, float) and result < _NUMBER_TOKENS:
            self._tokens[repr(result)] = variable

    def _value(self, value: Any) -> str:  # noqa: ANN401 (JSON of any shape)
        if value is None:
            return "undefined"
        if isinstance(value, list):
            return f"[{', '.join(map(self._value, value))}]"
        if isinstance(value, dict):
            return self._object(value)
        if isinstance(value, str) and _TOKEN.search(value):
            return self._template(value)
        if isinstance(value, float) and value < _NUMBER_TOKENS:
            return self._tokens[repr(value)]
        return json.dumps(value)

    def _object(self, value: Mapping[str, Any]) -> str:
        if "$jsii.byref" in value:
            return self._objects[value["$jsii.byref"]]
        if "$jsii.enum" in value:
            fqn, _, member = value["$jsii.enum"].partition("/")
            return f"{self._class(fqn)}.{member}"
        if "$jsii.struct" in value:
            value = value["$jsii.struct"]["data"]
        elif "$jsii.map" in value:
            value = value["$jsii.map"]
        elif any(key.startswith("$jsii.") for key in value):
            raise UnknownCallError(json.dumps(value)[:200])
        entries = (
            f"{json.dumps(key)}: {self._value(item)}"
            for key, item in value.items()
            if item is not None
        )
        return f"{{{', '.join(entries)}}}"

    def _template(self, text: str) -> str:
        """A string with attributes in it, or one attribute alone."""
        if _TOKEN.fullmatch(text):
            return self._tokens[text]
        parts = (
            f"${{{self._tokens[part]}}}"
            if _TOKEN.fullmatch(part)
            else json.dumps(part)[1:-1]
            .replace('\\"', '"')
            .replace("`", "\\`")
            .replace("${", "\\${")
            for part in re.split(f"({_TOKEN.pattern})", text)
        )
        return f"`{''.join(parts)}`"

    def _class(self, fqn: str) -> str:
        assembly, _, rest = fqn.partition(".")
        if assembly == _PROVIDER:
            submodule, _, name = rest.partition(".")
            folder = self._modules[submodule]
            self._requires[submodule] = json.dumps(f"{_PROVIDER}/lib/{folder}")
            return f"{submodule}.{name}"
        self._requires[assembly] = json.dumps(assembly)
        return f"{assembly}.{rest}"
