from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cryptography import x509

from harness.certificates import make_certificate

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ["writer.example.com", f"{'reader' * 10}.example.com"]


def test_a_server_has_its_names_and_is_signed_by_its_authority(tmp_path: Path) -> None:
    made = make_certificate(tmp_path, NAMES)
    server = x509.load_pem_x509_certificate(made.server.read_bytes())
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == NAMES
    server.verify_directly_issued_by(x509.load_pem_x509_certificate(made.authority.read_bytes()))


def test_two_authorities_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "another").mkdir()
    server = x509.load_pem_x509_certificate(make_certificate(tmp_path, NAMES).server.read_bytes())
    another = make_certificate(tmp_path / "another", NAMES)
    with pytest.raises(ValueError, match="does not match"):
        server.verify_directly_issued_by(
            x509.load_pem_x509_certificate(another.authority.read_bytes())
        )


def test_clients_get_no_key_and_the_key_is_its_owners_alone(tmp_path: Path) -> None:
    made = make_certificate(tmp_path, NAMES)
    assert "PRIVATE KEY" not in made.authority.read_text()
    assert "PRIVATE KEY" in made.server.read_text()
    assert made.server.stat().st_mode & 0o777 == 0o600
