"""The source's CA: imported, replaced in the right order, and never a private key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.replication import SourceCertificate
from tests.unit.constructs_lib.examples import NAMES
from tests.unit.template import Template

if TYPE_CHECKING:
    from cdktf import TerraformStack

PEM = "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIU\n-----END CERTIFICATE-----\n"
OTHER_PEM = PEM.replace("MIIB", "MIIC")


def synthesized(stack: TerraformStack, pem: str) -> dict[str, Any]:
    SourceCertificate(stack, "source-ca", names=NAMES, certificate_pem=pem)
    return Template.of(stack).only("aws_dms_certificate")


def test_the_text_is_imported_under_an_identifier_of_its_own(stack: TerraformStack) -> None:
    certificate = synthesized(stack, PEM)
    assert certificate["certificate_pem"] == PEM
    assert re.fullmatch(r"aurora-ferry-dev-source-ca-[0-9a-f]{8}", certificate["certificate_id"])


def test_another_ca_is_another_certificate_made_before_the_old_one_goes(
    stack: TerraformStack,
) -> None:
    """An endpoint uses the old one until it is turned to the new one."""
    first = SourceCertificate(stack, "first", names=NAMES, certificate_pem=PEM)
    second = SourceCertificate(stack, "second", names=NAMES, certificate_pem=OTHER_PEM)
    certificates = Template.of(stack).resources("aws_dms_certificate").values()
    assert len({certificate["certificate_id"] for certificate in certificates}) == 2
    assert all(certificate["lifecycle"]["create_before_destroy"] for certificate in certificates)
    assert first.arn != second.arn


@pytest.mark.parametrize(
    "same",
    [
        PEM.replace("\n", "\r\n"),
        f"\n\n{PEM}\n\n",
        PEM.strip(),
        PEM.replace("\n", "  \n"),
    ],
)
def test_line_ends_and_white_space_do_not_make_another_certificate(
    stack: TerraformStack, same: str
) -> None:
    """DMS gives the text back, and any difference would replace the certificate in every plan."""
    SourceCertificate(stack, "source-ca", names=NAMES, certificate_pem=PEM)
    SourceCertificate(stack, "same", names=NAMES, certificate_pem=same)
    certificates = Template.of(stack).resources("aws_dms_certificate").values()
    assert len({certificate["certificate_id"] for certificate in certificates}) == 1
    assert {certificate["certificate_pem"] for certificate in certificates} == {PEM}


def test_nothing_of_the_text_is_a_template(stack: TerraformStack) -> None:
    pem = PEM.replace("MIIB", "Comment: ${path.module}\n\nMIIB")

    assert "Comment: $${path.module}" in synthesized(stack, pem)["certificate_pem"]
