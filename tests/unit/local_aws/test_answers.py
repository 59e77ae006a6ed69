from __future__ import annotations

import pytest
from moto.core.utils import get_service_model

from local_aws.answers import Answer, InvalidAnswerError, check_answer


def check(operation: str, result: dict[str, object]) -> None:
    check_answer(get_service_model("dms").operation_model(operation), result)


def test_what_fits_passes() -> None:
    check("DescribeCertificates", {"Certificates": [{"CertificateIdentifier": "ca"}]})


@pytest.mark.parametrize(
    ("result", "part"),
    [
        ({"Certificates": [{"Colour": "red"}]}, "Unknown parameter in Certificates[0]"),
        ({"Certificates": [{"KeyLength": "2048"}]}, "Invalid type for parameter"),
        ({"Certificates": {}}, "Invalid type for parameter Certificates"),
    ],
)
def test_what_does_not_fit_is_refused(result: dict[str, object], part: str) -> None:
    with pytest.raises(InvalidAnswerError) as caught:
        check("DescribeCertificates", result)
    assert str(caught.value).startswith("DescribeCertificates: ")
    assert part in str(caught.value)


def test_an_operation_without_output_answers_nothing() -> None:
    model = get_service_model("kms").operation_model("EnableKeyRotation")
    check_answer(model, {})
    with pytest.raises(InvalidAnswerError, match=r"EnableKeyRotation answers nothing, not \['a'\]"):
        check_answer(model, {"a": 1})


def test_members_that_are_none_are_left_out() -> None:
    assert Answer({"a": None, "b": [{"c": None, "d": 1}], "e": False}).result == {
        "b": [{"d": 1}],
        "e": False,
    }
