"""Writes down what main.py asks of jsii: ``python -m bench.tracing TRACE.json``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from jsii._kernel.providers.process import jdefault

import main
from lean_bindings.pipelining import PipeliningNode


def trace() -> list[dict[str, Any]]:
    """Synthesize as ``python main.py`` does; each request to the node process with its answer.

    Raises:
        SystemExit: main.py ended with another exit code than 0.
    """
    calls: list[dict[str, Any]] = []
    send = PipeliningNode.send

    def listening(node: Any, request: Any, response_type: Any) -> Any:  # noqa: ANN401 (jsii's own)
        plain = node._serializer.unstructure(request)  # noqa: SLF001 (as sent)
        answer = send(node, request, response_type)
        calls.append({"request": plain, "answer": node._serializer.unstructure(answer)})  # noqa: SLF001
        return answer

    setattr(PipeliningNode, "send", listening)  # noqa: B010 (mypy: a method)
    if code := main.main():
        raise SystemExit(code)
    return calls


if __name__ == "__main__":
    text = json.dumps(trace(), default=jdefault)
    Path(sys.argv[1]).write_text(text, encoding="utf-8")
