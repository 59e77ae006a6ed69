"""Certificates for the tests, made anew; their keys are not kept."""

import datetime as dt

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

DAY = dt.timedelta(days=1)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def make_pem(
    *,
    subject: str = "CA",
    issuer: str = "CA",
    ca: bool | None = True,
    days: int = 1,
    begun: int = 1000,
) -> str:
    """A certificate as PEM.

    Args:
        subject: Whose it is.
        issuer: Who signed it.
        ca: What it says of itself: an authority's, or not; None for nothing.
        days: In how many days it ends; negative if it has ended.
        begun: How many days ago it began; negative if it has not.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    now = dt.datetime.now(dt.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - begun * DAY)
        .not_valid_after(now + days * DAY)
    )
    if ca is not None:
        builder = builder.add_extension(
            x509.BasicConstraints(ca=ca, path_length=None), critical=True
        )
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()
