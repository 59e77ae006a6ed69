from __future__ import annotations

from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.unit.local_aws.aws import Aws, refused
from tests.unit.local_aws.dms.conftest import make_endpoint


def test_a_certificate_is_imported(aws: Aws, pem: str) -> None:
    made = aws.dms.import_certificate(
        CertificateIdentifier="ca",
        CertificatePem=pem,
        Tags=[{"Key": "project", "Value": "ferry"}],
    )["Certificate"]
    [found] = aws.dms.describe_certificates(Filters=[{"Name": "certificate-id", "Values": ["ca"]}])[
        "Certificates"
    ]
    assert found["CertificateArn"] == made["CertificateArn"]
    assert found["CertificatePem"] == pem
    assert found["KeyLength"] == 2048
    assert found["SigningAlgorithm"] == "sha256WithRSAEncryption"
    assert found["ValidFromDate"] < datetime.now(UTC) < found["ValidToDate"]
    tags = aws.dms.list_tags_for_resource(ResourceArn=made["CertificateArn"])["TagList"]
    assert [(tag["Key"], tag["Value"]) for tag in tags] == [("project", "ferry")]


def test_a_bundle_counts_by_its_first_certificate(aws: Aws, pem: str) -> None:
    made = aws.dms.import_certificate(CertificateIdentifier="ca", CertificatePem=pem + pem)
    assert made["Certificate"]["CertificatePem"] == pem + pem


def test_a_key_that_is_not_rsa_has_no_length(aws: Aws) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ec")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2036, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
    made = aws.dms.import_certificate(CertificateIdentifier="ca", CertificatePem=pem)
    assert "KeyLength" not in made["Certificate"]


def test_what_is_no_certificate_is_refused(aws: Aws) -> None:
    for text in ("nonsense", "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----"):
        with refused("InvalidCertificateFault", "The certificate was not valid: "):
            aws.dms.import_certificate(CertificateIdentifier="ca", CertificatePem=text)


def test_a_second_of_its_name_is_refused(aws: Aws, pem: str) -> None:
    aws.dms.import_certificate(CertificateIdentifier="ca", CertificatePem=pem)
    with refused("ResourceAlreadyExistsFault", "Certificate ca already exists"):
        aws.dms.import_certificate(CertificateIdentifier="ca", CertificatePem=pem)


def test_it_is_deleted_when_no_endpoint_uses_it(aws: Aws, pem: str) -> None:
    arn = aws.dms.import_certificate(CertificateIdentifier="ca", CertificatePem=pem)["Certificate"][
        "CertificateArn"
    ]
    endpoint_arn = make_endpoint(aws, "source", SslMode="verify-full", CertificateArn=arn)[
        "EndpointArn"
    ]
    make_endpoint(aws, "target")
    with refused("InvalidResourceStateFault", f"{arn} is in use by the endpoint {endpoint_arn}"):
        aws.dms.delete_certificate(CertificateArn=arn)
    aws.dms.delete_endpoint(EndpointArn=endpoint_arn)
    aws.dms.delete_certificate(CertificateArn=arn)
    assert aws.dms.describe_certificates()["Certificates"] == []


def test_an_endpoints_certificate_must_exist(aws: Aws) -> None:
    with refused("ResourceNotFoundFault", "Certificate arn:none not found"):
        make_endpoint(aws, "source", SslMode="verify-ca", CertificateArn="arn:none")
