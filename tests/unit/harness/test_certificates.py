from __future__ import annotations

import pytest
from cryptography import x509

from harness.certificates import make_certificate

NAMES = ("writer.example.com", f"{'reader' * 10}.example.com")


def read(pem: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem.encode())


def test_a_server_has_its_names_and_is_signed_by_its_authority() -> None:
    made = make_certificate(*NAMES)
    server = read(made.with_key)
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == list(NAMES)
    server.verify_directly_issued_by(read(made.authority))


def test_two_authorities_are_told_apart() -> None:
    server = read(make_certificate(*NAMES).with_key)
    with pytest.raises(ValueError, match="does not match"):
        server.verify_directly_issued_by(read(make_certificate(*NAMES).authority))


def test_clients_get_no_key_and_none_is_shown() -> None:
    made = make_certificate(*NAMES)
    assert "PRIVATE KEY" not in made.authority
    assert made.with_key.endswith("-----END PRIVATE KEY-----\n")
    assert "PRIVATE KEY" not in repr(made)
