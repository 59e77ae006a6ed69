"""DMS certificates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from local_aws.answers import Answer, AwsError, ResponseMixin
from local_aws.services.dms.shelf import Resource, invalid_state

if TYPE_CHECKING:
    from local_aws.services.dms.backend import LocalDmsBackend


class Certificates(ResponseMixin):
    """The calls about certificates."""

    dms_backend: LocalDmsBackend

    def import_certificate(self) -> Answer:
        """ImportCertificate, of a PEM with one certificate or several."""
        parameters = self.parameters()
        backend = self.dms_backend
        resource = Resource(
            arn=backend.arn_with_resource_id("cert", None),
            data={
                "CertificateIdentifier": parameters["CertificateIdentifier"],
                "CertificateOwner": backend.account_id,
                "KmsKeyId": parameters.get("KmsKeyId"),
                **_read(parameters.get("CertificatePem", "")),
            },
        )
        resource.data["CertificateArn"] = resource.arn
        backend.certificates.add(resource)
        backend.tag(resource.arn, parameters.get("Tags"))
        return Answer({"Certificate": resource.data})

    def describe_certificates(self) -> Answer:
        """DescribeCertificates."""
        certificates, marker = self.dms_backend.certificates.describe(self.parameters())
        return Answer({"Certificates": certificates, "Marker": marker})

    def delete_certificate(self) -> Answer:
        """DeleteCertificate; refused while an endpoint uses it."""
        backend = self.dms_backend
        certificate = backend.certificates.get(self.parameters()["CertificateArn"])
        for endpoint in backend.endpoint_shelf.all():
            if endpoint.data.get("CertificateArn") == certificate.arn:
                raise invalid_state(
                    f"Certificate {certificate.arn} is in use by the endpoint {endpoint.arn}."
                )
        return Answer({"Certificate": backend.certificates.delete(certificate)})


def _read(pem: str) -> dict[str, Any]:
    try:
        first = x509.load_pem_x509_certificates(pem.encode())[0]
    except ValueError as error:
        raise AwsError(
            "InvalidCertificateFault", f"The certificate was not valid: {error}"
        ) from error
    key = first.public_key()
    return {
        "CertificatePem": pem,
        "CertificateCreationDate": first.not_valid_before_utc,
        "ValidFromDate": first.not_valid_before_utc,
        "ValidToDate": first.not_valid_after_utc,
        "SigningAlgorithm": first.signature_algorithm_oid._name,  # noqa: SLF001 - its only name
        "KeyLength": key.key_size if isinstance(key, rsa.RSAPublicKey) else None,
    }
