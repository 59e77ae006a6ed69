"""The one place through which every answer of local AWS's own goes, checked against botocore.

An answer that does not fit the output shape of its operation is a defect here, and would be read
by boto3 and the provider each in its own way; so it is refused aloud. Where moto serializes its own
model classes, extended here, its serializer takes from them what the shape names and refuses a
value of another type; that comes out the same way.
"""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING, Any

from botocore.validate import ParamValidator
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionContext, ActionResult

from local_aws.errors import error_reply

if TYPE_CHECKING:
    from types import ModuleType


class InvalidAnswerError(Exception):
    """An answer does not fit the output shape of its operation."""


class Answer(ActionResult):  # type: ignore[misc]  # moto is untyped here
    """A dict with the names that AWS's API gives; members that are None are left out."""

    def __init__(self, result: dict[str, Any] | None = None) -> None:
        """Take the answer's members."""
        super().__init__(_without_none(result or {}))

    def execute_result(self, context: ActionContext) -> Any:  # noqa: ANN401 - moto's own type
        """Check the answer, then have moto serialize it.

        Raises:
            InvalidAnswerError: It has a member that the shape lacks, lacks a required one, or has
                one of another type.
        """
        check_answer(context.operation_model, self.result)
        return super().execute_result(context)


def check_answer(operation: Any, result: dict[str, Any]) -> None:  # noqa: ANN401 - botocore's or moto's
    """Check `result` against the output shape of an operation's model.

    Raises:
        InvalidAnswerError: As `Answer.execute_result` says.
    """
    shape = operation.output_shape
    if shape is None:
        if result:
            raise InvalidAnswerError(f"{operation.name} answers nothing, not {list(result)}")
        return
    report = ParamValidator().validate(result, shape)
    if report.has_errors():
        raise InvalidAnswerError(f"{operation.name}: {report.generate_report()}")


def _without_none(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return {key: _without_none(member) for key, member in value.items() if member is not None}
    if isinstance(value, list | tuple):
        return [_without_none(member) for member in value]
    return value


class AwsError(ServiceException):  # type: ignore[misc]  # moto is untyped here
    """An error that AWS would answer: `AwsError(code, message)`."""

    def __init__(self, code: str, message: str) -> None:
        """Take the code that SDKs know the error by, and the text that people read."""
        super().__init__(code, message)


class ResponseMixin:
    """For a subclass of a moto response class that is defined outside moto."""

    def serialized(self, action_result: Any) -> Any:  # noqa: ANN401 - moto's own types
        """Serialize a result; an `AwsError` may have a code that botocore's model lacks."""
        response: Any = self  # moto's BaseResponse sets what is read here
        error = action_result.result
        if not isinstance(error, AwsError):
            return super().serialized(action_result)  # type: ignore[misc]  # moto's BaseResponse
        reply = error_reply(
            service=response.boto3_service_name,
            content_type=response.headers.get("Content-Type", ""),
            code=error.code,
            message=error.message,
        )
        return (
            reply.status,
            {**response.response_headers, **dict(reply.headers)},
            reply.body.decode(),
        )

    def parameters(self) -> dict[str, Any]:
        """The call's parameters, under the names that AWS's API gives."""
        response: Any = self  # moto's BaseResponse sets what is read here
        if not response.automated_parameter_parsing:
            return dict(json.loads(response.body or "{}"))
        params = response.params
        return params.original_dict() if hasattr(params, "original_dict") else dict(params)


class BackendMixin:
    """For a subclass of a moto backend class: its URLs stay those of the moto class."""

    @property
    def _url_module(self) -> ModuleType:
        moto_class = next(c for c in type(self).__mro__ if c.__module__.startswith("moto."))
        package = moto_class.__module__.rpartition(".")[0]
        return importlib.import_module(f"{package}.urls")
