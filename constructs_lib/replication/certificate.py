"""The certificate authority by which DMS knows the source."""

from __future__ import annotations

import hashlib

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.dms_certificate import DmsCertificate
from constructs import Construct

from constructs_lib.replication.checks import check_identifier

_BEGIN = "-----BEGIN CERTIFICATE-----"
_DIGEST_LENGTH = 8


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
        name: The environment's prefix, such as ``aurora-ferry-dev``.
        certificate_pem: The PEM text. Line ends and white space around it do not matter.

    Raises:
        ValueError: The text holds no certificate, or holds a private key. It is not shown.
    """

    def __init__(self, scope: Construct, id_: str, *, name: str, certificate_pem: str) -> None:
        super().__init__(scope, id_)
        text = "\n".join(line.strip() for line in certificate_pem.strip().splitlines()) + "\n"
        if "PRIVATE KEY-----" in text:
            raise ValueError(
                "the source's CA file holds a private key; it may hold certificates only, for it is "
                "kept in the state. Give the CA's certificate, and renew the key that was exposed."
            )
        if not text.startswith(_BEGIN):
            raise ValueError(
                f"the source's CA file does not begin with {_BEGIN}; DMS takes PEM text only. "
                "Convert it, for example with openssl x509 -inform der -in ca.der -out ca.pem."
            )
        digest = hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_LENGTH]
        identifier = f"{name}-source-ca-{digest}"
        check_identifier("certificate", identifier, longest=255)
        self._certificate = DmsCertificate(
            self,
            "certificate",
            certificate_id=identifier,
            certificate_pem=text,
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )

    @property
    def arn(self) -> str:
        """The certificate's ARN, known after apply."""
        return self._certificate.certificate_arn
