"""Calls that go ahead of node's answers; node is a list of what it was asked."""

from __future__ import annotations

import datetime as dt
import json
from collections import deque
from typing import TYPE_CHECKING, Any

import pytest
from jsii._kernel.providers.process import ohook
from jsii._kernel.types import (
    Callback,
    CreateRequest,
    CreateResponse,
    GetRequest,
    GetResponse,
    InvokeRequest,
    InvokeResponse,
    ObjRef,
    Override,
)
from jsii.errors import JSIIError

from lean_bindings import pipelining
from lean_bindings.ahead import Ahead
from lean_bindings.pipelining import PipeliningNode, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

_THING = ObjRef(ref="Thing@10000")


class _Kernel:
    """Answers as jsii's does: objects are numbered, and a class called Broken is refused."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers: deque[dict[str, Any]] = deque()
        self.returns: dict[str, Any] = {}
        self.number = 10000
        self.is_dead = False

    def write(self, line: bytes) -> None:
        request = json.loads(line)
        api = request["api"]
        what = request.get("fqn") or request.get("property") or request.get("method")
        self.asked.append(f"{api} {what}")
        if what == "Broken":
            self.answers.append(
                {"error": "it is broken", "stack": "", "name": "@jsii/kernel.Fault"}
            )
        elif what == "calls_back":
            call = {"cbid": "1", "cookie": "x"}
            self.answers.append({"callback": call})
        elif api == "create":
            self.answers.append({"ok": {"$jsii.byref": f"{what}@{self.number}"}})
            self.number += 1
        else:
            key = "value" if api == "get" else "result"
            self.answers.append({"ok": {key: self.returns[what]} if what in self.returns else {}})

    def flush(self) -> None:
        pass

    def skip_number(self) -> None:
        self.number += 1

    def die(self) -> None:
        self.is_dead = True


class _Process:
    def __init__(self) -> None:
        self.stdin = _Kernel()


class _Node(PipeliningNode):
    room_bytes = 1000

    def __init__(self) -> None:
        super().__init__()
        self._process = _Process()
        self.kernel = self._process.stdin

    def _next_message(self) -> Any:  # noqa: ANN401 (jsii's)
        if self.kernel.is_dead:
            raise ValueError("no answer")
        return json.loads(json.dumps(self.kernel.answers.popleft()), object_hook=ohook)

    def stop(self) -> None:
        """There is no process."""

    @property
    def unanswered(self) -> int:
        return len(self.kernel.answers)

    def create(
        self, name: str = "Thing", *args: object, overrides: list[Override] | None = None
    ) -> str:
        request = CreateRequest(fqn=name, args=list(args), overrides=overrides or [], interfaces=[])
        answer: CreateResponse = self.send(request, CreateResponse)
        return answer.ref

    def get(self, name: str) -> Any:  # noqa: ANN401 (any value)
        answer = self.send(GetRequest(objref=_THING, property=name), GetResponse)
        return answer if isinstance(answer, Callback) else answer.value

    def invoke(self, name: str, *args: object) -> Any:  # noqa: ANN401 (any value)
        request = InvokeRequest(objref=_THING, method=name, args=list(args))
        return self.send(request, InvokeResponse).result


def _program(ahead: Ahead, *steps: Callable[[], object]) -> None:
    with ahead.during():
        for step in steps:
            step()


def _own_error() -> None:
    raise KeyError("its own")


@pytest.fixture
def ahead(monkeypatch: pytest.MonkeyPatch) -> Ahead:
    made = Ahead()
    monkeypatch.setattr(pipelining, "AHEAD", made)
    return made


@pytest.fixture
def node(ahead: Ahead) -> _Node:  # noqa: ARG001 (the node reads it when it starts)
    return _Node()


def test_an_object_has_the_name_that_node_will_give_it(node: _Node, ahead: Ahead) -> None:
    with ahead.during():
        assert [node.create(), node.create("Other"), node.create()] == [
            "Thing@10000",
            "Other@10001",
            "Thing@10002",
        ]
        assert node.unanswered == 2
    assert node.unanswered == 0
    assert not ahead.refused


def test_the_first_objects_number_is_asked_for(node: _Node, ahead: Ahead) -> None:
    with ahead.during():
        node.create()
        assert node.unanswered == 0


@pytest.mark.parametrize("method", ["addOverride", "overrideLogicalId"])
def test_a_method_that_returns_nothing_is_not_waited_for(
    method: str, node: _Node, ahead: Ahead
) -> None:
    with ahead.during():
        assert node.invoke(method, "name", "value") is None
        assert node.unanswered == 1


def test_another_method_is_waited_for(node: _Node, ahead: Ahead) -> None:
    node.kernel.returns["getLogicalId"] = "name"
    with ahead.during():
        assert node.invoke("getLogicalId") == "name"


def test_a_question_comes_after_all_answers(node: _Node, ahead: Ahead) -> None:
    node.kernel.returns["arn"] = "the arn"
    with ahead.during():
        node.create()
        node.create()
        node.invoke("addOverride", "name", "value")
        assert node.get("arn") == "the arn"
        assert node.unanswered == 0
        assert node.create() == "Thing@10002"
        assert node.unanswered == 1
    assert node.kernel.asked == [
        "create Thing",
        "create Thing",
        "invoke addOverride",
        "get arn",
        "create Thing",
    ]


def test_outside_the_block_every_answer_is_waited_for(node: _Node, ahead: Ahead) -> None:
    node.create()
    node.create()
    assert node.unanswered == 0
    with ahead.during():
        node.create()
        assert node.unanswered == 1
    node.create()
    assert node.unanswered == 0


@pytest.mark.parametrize(
    "returned",
    [{"$jsii.byref": "Other@10001"}, [{"$jsii.byref": "Other@10001"}], {"$jsii.map": {"a": 1}}],
)
def test_an_object_that_is_returned_has_taken_a_number(
    returned: object, node: _Node, ahead: Ahead
) -> None:
    node.kernel.returns["other"] = returned
    with ahead.during():
        node.create()
        node.get("other")
        node.kernel.skip_number()
        assert node.create() == "Thing@10002"
        assert node.unanswered == 0
        assert node.create() == "Thing@10003"
        assert node.unanswered == 1


def test_from_an_object_that_node_calls_back_on_nothing_goes_ahead(
    node: _Node, ahead: Ahead
) -> None:
    with ahead.during():
        node.create(overrides=[Override(method="visit", cookie="visit")])
        node.create()
        node.invoke("addOverride", "name", "value")
        assert node.unanswered == 0


def test_after_a_call_back_nothing_goes_ahead(node: _Node, ahead: Ahead) -> None:
    with ahead.during():
        node.create()
        assert isinstance(node.get("calls_back"), Callback)
        node.create()
        assert node.unanswered == 0


def test_with_stack_traces_nothing_goes_ahead(
    node: _Node, ahead: Ahead, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipelining, "stack_traces_enabled", lambda: True)
    with ahead.during():
        node.create()
        node.create()
        assert node.unanswered == 0


def test_a_connection_without_room_waits_for_every_answer(node: _Node, ahead: Ahead) -> None:
    node.room_bytes = 0
    with ahead.during():
        node.create()
        node.create()
        assert node.unanswered == 0


def test_what_is_unanswered_fits_into_the_room(node: _Node, ahead: Ahead) -> None:
    unanswered = []
    with ahead.during():
        for _ in range(8):
            node.create("Thing", "x" * 200)
            unanswered.append(node.unanswered)
    assert unanswered == [0, 1, 2, 3, 3, 3, 3, 3]


def test_what_is_larger_than_the_room_does_not_go_ahead(node: _Node, ahead: Ahead) -> None:
    with ahead.during():
        node.create()
        node.create()
        assert node.create("Thing", "x" * 1000) == "Thing@10002"
        assert node.unanswered == 0


def test_a_few_calls_go_ahead_at_most(node: _Node, ahead: Ahead) -> None:
    node.room_bytes = 1 << 20
    with ahead.during():
        for _ in range(40):
            node.create()
        assert node.unanswered == 16


def test_a_refused_call_is_reported_by_the_next_question(node: _Node, ahead: Ahead) -> None:
    with ahead.during():
        node.create()
        node.create("Broken")
        node.create()
        with pytest.raises(RefusedError, match=r"^it is broken$"):
            node.get("arn")
    assert ahead.refused
    assert node.unanswered == 0
    assert node.kernel.asked[-1] == "create Thing", "the question was not asked"


def test_a_refused_call_is_reported_at_the_blocks_end(node: _Node, ahead: Ahead) -> None:
    with pytest.raises(RefusedError, match=r"^it is broken$"):
        _program(ahead, node.create, lambda: node.create("Broken"))
    assert ahead.refused


def test_a_program_that_goes_on_after_a_refused_call_waits_for_every_answer(
    node: _Node, ahead: Ahead
) -> None:
    with ahead.during():
        node.create()
        node.create("Broken")
        with pytest.raises(RefusedError):
            node.get("arn")
        assert node.create() == "Thing@10001"
        assert node.unanswered == 0
        with pytest.raises(JSIIError, match=r"^it is broken$"):
            node.create("Broken")


def test_another_number_than_foretold_is_noticed(node: _Node, ahead: Ahead) -> None:
    with pytest.raises(RefusedError, match=r"^Thing@10002 instead of Thing@10001$"):
        _program(ahead, node.create, node.kernel.skip_number, node.create)
    assert ahead.refused


def test_a_method_that_returns_something_after_all_is_noticed(node: _Node, ahead: Ahead) -> None:
    node.kernel.returns["addOverride"] = "something"
    with pytest.raises(RefusedError, match=r"^something instead of None$"), ahead.during():
        node.invoke("addOverride", "name", "value")
    assert ahead.refused


def test_a_refused_call_is_noticed_although_the_program_ends_with_an_error_of_its_own(
    node: _Node, ahead: Ahead
) -> None:
    with pytest.raises(KeyError, match="its own"):
        _program(ahead, node.create, lambda: node.create("Broken"), _own_error)
    assert ahead.refused


def test_a_program_s_own_error_is_not_hidden_by_a_node_that_has_died(
    node: _Node, ahead: Ahead
) -> None:
    with pytest.raises(KeyError, match="its own"):
        _program(ahead, node.create, node.create, node.kernel.die, _own_error)
    assert not ahead.refused


def test_a_node_that_has_died_is_jsiis_error(node: _Node, ahead: Ahead) -> None:
    with pytest.raises(ValueError, match=r"^no answer$"):
        _program(ahead, node.create, node.create, node.kernel.die, lambda: node.get("arn"))
    assert not ahead.refused


def test_a_refused_call_that_was_waited_for_is_jsiis_error(node: _Node, ahead: Ahead) -> None:
    with ahead.during():
        with pytest.raises(JSIIError, match=r"^it is broken$"):
            node.create("Broken")
        assert node.create() == "Thing@10000"
    assert not ahead.refused


def test_an_argument_that_cannot_be_sent_is_refused_in_its_place(node: _Node, ahead: Ahead) -> None:
    naive = dt.datetime(2026, 1, 1)  # noqa: DTZ001 (what jsii refuses)
    with ahead.during():
        node.create()
        with pytest.raises(TypeError, match="Naive datetimes are not supported"):
            node.create("Thing", naive)
        assert node.create() == "Thing@10001"
    assert not ahead.refused
