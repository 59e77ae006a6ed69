"""The certificate authority by which DMS knows the source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.dms_certificate import DmsCertificate
from constructs import Construct

from facts.dms import certificate_digest
from facts.templates import plain

if TYPE_CHECKING:
    from facts.names import Names


class SourceCertificate(Construct):
    """A CA certificate, imported into DMS for ``verify-ca`` and ``verify-full``.

    A certificate cannot be changed in DMS, and one that an endpoint uses cannot be deleted. Its
    identifier therefore ends in a digest of its text: another CA is another certificate, made
    first; then the endpoint is turned to it; then the old one goes. The endpoint can be turned only
    while no task that uses it is running.

    The text stands in the synthesized JSON and in the state. A CA certificate is public, although
    the provider marks it sensitive and leaves it out of plans.

    Source: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Security.SSL.html

    Args:
        scope: The parent.
        id_: The construct's id.
        names: The environment's names.
        certificate_pem: The PEM text. Line ends and white space around it do not matter.
    """

    arn: str
    """The certificate's ARN, known after apply."""

    def __init__(self, scope: Construct, id_: str, *, names: Names, certificate_pem: str) -> None:
        super().__init__(scope, id_)
        text = "\n".join(line.strip() for line in certificate_pem.strip().splitlines()) + "\n"
        self.arn = DmsCertificate(
            self,
            "certificate",
            certificate_id=names.source_certificate(certificate_digest(text)),
            certificate_pem=plain(text),
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        ).certificate_arn
