"""Sends calls to node without waiting for answers that can be foretold.

An object's name is its class and a number that counts up, and two methods of ``cdktf``'s that
programs call for most resources return nothing. So Python prepares the next call while node works
on the last one. Each answer is compared with what was foretold when it comes, at the latest before
a call whose answer cannot be. An error shows later than its call; that is why ``rerun_once``, in
whose block alone this is done, then runs the program again without it: there it shows in its place.
"""

from __future__ import annotations

import json
from collections import deque
from typing import Any

from jsii._kernel.providers.process import _NodeProcess, jdefault
from jsii._kernel.types import (
    Callback,
    CreateRequest,
    CreateResponse,
    InvokeRequest,
    InvokeResponse,
)
from jsii._stack_trace import is_enabled as stack_traces_enabled

from lean_bindings.ahead import AHEAD

# TerraformElement's, which return void.
_RETURN_NOTHING = frozenset({"addOverride", "overrideLogicalId"})

_MOST_UNANSWERED = 16


class RefusedError(RuntimeError):
    """Node refused a call that had gone ahead, or answered something else than was foretold."""


class PipeliningNode(_NodeProcess):
    """jsii's connection to node, with calls that go ahead while that is allowed.

    Attributes:
        room_bytes: How much may be unanswered: so much that a write does not wait until node
            reads. Otherwise both could wait for each other, for node does not read while it
            cannot write. By default nothing goes ahead.
    """

    _process: Any
    room_bytes = 0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # jsii's
        # What each call that is still unanswered should make, None if nothing; and its size.
        self._unanswered: deque[tuple[str | None, int]] = deque()
        self._unanswered_bytes = 0
        # Of the next object; 0 where it is not known.
        self._next_number = 0
        self._calls_back = False
        AHEAD.catch_up = self._catch_up

    def send(self, request: Any, response_type: Any) -> Any:  # noqa: ANN401 (jsii's)
        """Sends a request; its answer, foretold if that is possible.

        Raises:
            RefusedError: Node refused a call that had gone ahead.
        """
        foretold = self._foretold(request) if AHEAD.allowed else None
        if foretold and self._sent_ahead(request, foretold):
            return foretold
        self._catch_up()
        number, self._next_number = self._next_number, 0
        response = super().send(request, response_type)
        self._next_number = self._number_after(request, response, number)
        return response

    def _foretold(self, request: Any) -> CreateResponse | InvokeResponse | None:  # noqa: ANN401 (jsii's)
        if self._calls_back or stack_traces_enabled():
            return None
        if isinstance(request, InvokeRequest) and request.method in _RETURN_NOTHING:
            return InvokeResponse(result=None)
        if isinstance(request, CreateRequest) and self._next_number and not request.overrides:
            return CreateResponse(ref=f"{request.fqn}@{self._next_number}")
        return None

    def _number_after(self, request: Any, response: Any, number: int) -> int:  # noqa: ANN401 (jsii's)
        if isinstance(response, Callback) or getattr(request, "overrides", None):
            # From now on node may call Python in the midst of any call.
            self._calls_back = True
        if isinstance(response, CreateResponse):
            return int(response.ref.rpartition("@")[2]) + 1
        returned = getattr(response, "value", getattr(response, "result", None))
        # Objects that are returned get numbers as well.
        return number if isinstance(returned, str | int | float | None) else 0

    def _sent_ahead(self, request: Any, foretold: CreateResponse | InvokeResponse) -> bool:  # noqa: ANN401 (jsii's)
        plain = self._serializer.unstructure(request)
        line = json.dumps(plain, default=jdefault).encode() + b"\n"
        if len(line) > self.room_bytes:
            return False
        while (
            self._unanswered_bytes + len(line) > self.room_bytes
            or len(self._unanswered) == _MOST_UNANSWERED
        ):
            self._compare()
        self._process.stdin.write(line)
        self._process.stdin.flush()
        made = foretold.ref if isinstance(foretold, CreateResponse) else None
        self._next_number += made is not None
        self._unanswered.append((made, len(line)))
        self._unanswered_bytes += len(line)
        return True

    def _catch_up(self) -> None:
        while self._unanswered:
            self._compare()

    def _compare(self) -> None:
        """Reads the oldest answer that is still to come."""
        foretold, size = self._unanswered.popleft()
        self._unanswered_bytes -= size
        answer = self._next_message()
        done = answer.get("ok")
        found = getattr(done, "ref", None) if foretold else (done or {}).get("result")
        if done is not None and found == foretold:
            return
        AHEAD.allowed, AHEAD.refused = False, True
        while self._unanswered:
            self._unanswered.popleft()
            self._next_message()
        self._unanswered_bytes = 0
        raise RefusedError(answer.get("error", f"{found} instead of {foretold}"))
