"""Reads the certificate file that a source's verification needs."""

from __future__ import annotations

import datetime as dt
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from settings.reading.files import content
from settings.rules.rule import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cryptography.x509 import Certificate

_SETTING: Final = "source.ca_certificate_file"
_BEGIN: Final = b"-----BEGIN CERTIFICATE-----"
_END: Final = b"-----END CERTIFICATE-----"
# Without the headers that PEM knows: they would go on into Terraform's JSON.
_BARE: Final = re.compile(rb"-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----")
_ALLOWED: Final = "a file with certificates in PEM"
_CONVERT: Final = "convert it, for example with openssl x509 -inform der -in ca.der -out ca.pem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    """What a file holds.

    Args:
        pem: The certificates that are valid, as PEM.
        left_out: A word for each that is not there because it has ended or not begun.
    """

    pem: str
    left_out: tuple[str, ...] = ()


def read_certificates(folder: Path, file: str) -> Certificates | Finding:
    """A file's certificates as PEM, and nothing else that stands in the file.

    The text goes into Terraform's JSON and state, so a file with a private key is refused. Nothing
    of its content is ever shown. A bundle may hold authorities that have ended beside those that
    took over, or that take over later: they are left out, and it is told.

    Args:
        folder: The environments' folder.
        file: The file's path, relative to the folder.

    Returns:
        The certificates, or what is wrong with the file.
    """
    # Without symbolic links, of which one might lead out again.
    path = Path(os.path.realpath(folder / file))
    if not path.is_relative_to(os.path.realpath(folder)):
        return _finding(
            f"{file} given, which is not below {folder.name}/",
            f"put the certificate there, for example into {folder.name}/certificates/",
        )
    try:
        held = content(path)
    except OSError as error:
        return _finding(
            f"{file} given, which cannot be read ({error.strerror})",
            "put the certificate there, or correct the path, which is relative to the environment's file",
        )
    if b"PRIVATE KEY-----" in held:
        return _finding(
            f"{file} given, which holds a private key",
            "remove the key from the file, and renew it: it has been exposed",
        )
    blocks = list(_blocks(held))
    if cut := _cut(held, len(blocks)):
        return _finding(f"{file} given, {cut}", "get the file anew: it was cut")
    if not blocks:
        return _finding(f"{file} given, which holds no certificate in PEM", _CONVERT)
    return _checked(file, blocks)


def _cut(held: bytes, count: int) -> str:
    """Which certificate has one of its marks alone, in words; empty where each has both."""
    if held.rfind(_BEGIN) > held.rfind(_END):
        return f"whose certificate {count + 1} has no end"
    if count and held.count(_END) > count:
        return "in which a certificate has no beginning"
    return ""


def _blocks(held: bytes) -> Iterator[bytes]:
    """Each certificate with its marks, in one pass: a search for both anew at each mark takes hours."""
    start = held.find(_BEGIN)
    while start >= 0 and (end := held.find(_END, start)) >= 0:
        yield held[start : end + len(_END)]
        start = held.find(_BEGIN, end)


def _checked(file: str, blocks: list[bytes]) -> Certificates | Finding:
    now = dt.datetime.now(dt.UTC)
    texts, others = [], []
    for number, block in enumerate(blocks, start=1):
        certificate = _parsed(block)
        if certificate is None:
            return _finding(f"{file} given, whose certificate {number} cannot be parsed", _CONVERT)
        if not _is_authority(certificate):
            return _finding(
                f"{file} given, whose certificate {number} is a server's",
                "put the certificate of the authority that signed it there",
            )
        begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        if ends < now:
            others.append(f"certificate {number} ended on {ends:%Y-%m-%d}")
        elif begins > now:
            others.append(f"certificate {number} begins on {begins:%Y-%m-%d}")
        else:
            texts.append(block.decode("ascii").replace("\r\n", "\n"))
    if not texts:
        return _finding(
            f"{file} given, whose {', '.join(others)}",
            "put the authority's present certificate there",
        )
    return Certificates(
        pem="\n".join(texts) + "\n",
        left_out=tuple(f"{it} and is left out" for it in others),
    )


def _parsed(block: bytes) -> Certificate | None:
    # Half of the package's import time, for the environments that verify alone.
    from cryptography import x509  # noqa: PLC0415

    if not _BARE.fullmatch(block):
        return None
    try:
        return x509.load_pem_x509_certificate(block)
    except ValueError:
        return None


def _is_authority(certificate: Certificate) -> bool:
    """Whether it is an authority's certificate, or one that signs itself, and no server's (RFC 5280)."""
    from cryptography import x509  # noqa: PLC0415 -- as above

    if certificate.issuer == certificate.subject:
        return True
    try:
        extension = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    except (x509.ExtensionNotFound, ValueError):
        return False
    return extension.value.ca


def _finding(given: str, mend: str) -> Finding:
    return Finding(setting=_SETTING, given=given, allowed=_ALLOWED, mend=mend)
