"""Makes certificates for servers that run on this machine under other names."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from pathlib import Path

_DAYS = 30
_BITS = 2048


@dataclass(frozen=True, kw_only=True, slots=True)
class Certificate:
    """A server's certificate, PEM.

    Attributes:
        authority: The certificate of who signed it: all that its clients need.
        with_key: Its own, its authority's and its key, for the server.
    """

    authority: str
    with_key: str = field(repr=False)


def make_certificate(*names: str) -> Certificate:
    """Make a certificate for DNS names, signed by an authority whose key is thrown away.

    Args:
        names: The server's names, the first of them the subject's.
    """
    authority_key, server_key = _key(), _key()
    # Of two of one name a client would try the wrong one's key, and say that a signature is broken.
    who_signs = _name(f"Authority {secrets.token_hex(4)} of {names[0]}")
    authority = (
        _begun(who_signs, who_signs, authority_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    server = (
        _begun(_name(names[0]), who_signs, server_key)
        .add_extension(x509.SubjectAlternativeName(map(x509.DNSName, names)), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    key = server_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    signing = _pem(authority)
    return Certificate(authority=signing, with_key=_pem(server) + signing + key.decode())


def write_certificate(folder: Path, *names: str) -> tuple[Path, Path]:
    """Make a certificate, and write it for a server to take and for its clients.

    Args:
        folder: Where to.
        names: As `make_certificate`.

    Returns:
        The server's file, which nobody else may read, and its authority's.
    """
    certificate = make_certificate(*names)
    own, authority = folder / "server.pem", folder / "authority.pem"
    own.touch(mode=0o600)
    own.write_text(certificate.with_key)
    authority.write_text(certificate.authority)
    return own, authority


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=_BITS)


def _name(text: str) -> x509.Name:
    # A common name has 64 characters at most.
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


def _begun(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=_DAYS))
    )
