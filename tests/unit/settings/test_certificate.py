"""The certificate file of a source that is verified."""

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from settings.reading.loading import load_environments
from tests.unit.settings.certificates import DAY, make_pem
from tests.unit.settings.files import Folder

VERIFIED = {"source.ssl_mode": "verify-full", "source.ca_certificate_file": "ca.pem"}
LINE = (
    "environments/dev.toml: source.ca_certificate_file: ca.pem given, {}; "
    "allowed: a file with certificates in PEM; {}"
)
CONVERT = "convert it, for example with openssl x509 -inform der -in ca.der -out ca.pem"
BEGIN, END = "-----BEGIN CERTIFICATE-----\n", "\n-----END CERTIFICATE-----\n"


@pytest.fixture(autouse=True)
def verified(folder: Folder) -> None:
    """Let the environment verify its source."""
    folder.write("dev.toml", VERIFIED)


def loaded_pem(folder: Folder, text: str) -> str | None:
    """What the environment holds of a certificate file."""
    (folder.path / "ca.pem").write_bytes(text.encode())
    (environment,) = load_environments(folder.path)
    return environment.source_ca_certificate_pem


def test_a_certificate_is_taken_as_it_stands(folder: Folder, ca_pem: str) -> None:
    assert loaded_pem(folder, ca_pem) == ca_pem


def test_nothing_but_the_certificates_is_taken(folder: Folder, ca_pem: str) -> None:
    text = f"Subject: CN = CA\r\n{ca_pem}comment\n{ca_pem}".replace("\n", "\r\n")

    assert loaded_pem(folder, text) == ca_pem * 2


def test_a_certificate_that_signs_itself_is_its_own_authority(folder: Folder) -> None:
    pem = make_pem(subject="db", issuer="db", ca=None)

    assert loaded_pem(folder, pem) == pem


def test_an_authority_under_another_is_one(folder: Folder) -> None:
    pem = make_pem(subject="CA 2", issuer="CA", ca=True)

    assert loaded_pem(folder, pem) == pem


def test_without_verification_no_file_is_read(folder: Folder) -> None:
    folder.write("dev.toml")

    (environment,) = load_environments(folder.path)

    assert environment.source_ca_certificate_pem is None


def test_a_missing_file_is_one_line(folder: Folder) -> None:
    assert folder.lines() == [
        LINE.format(
            "which cannot be read (No such file or directory)",
            "put the certificate there, or correct the path, which is relative to the "
            "environment's file",
        )
    ]


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (os.mkfifo, "not a regular file"),
        (Path.mkdir, "not a regular file"),
        (lambda file: file.write_text("#" * 1_000_001), "larger than 1 MB"),
        (lambda file: file.symlink_to(file), "Too many levels of symbolic links"),
    ],
    ids=["pipe", "folder", "size", "link to itself"],
)
def test_what_is_no_small_regular_file_is_not_read(
    make: Callable[[Path], object], reason: str, folder: Folder
) -> None:
    make(folder.path / "ca.pem")

    assert folder.lines() == [
        LINE.format(
            f"which cannot be read ({reason})",
            "put the certificate there, or correct the path, which is relative to the "
            "environment's file",
        )
    ]


@pytest.mark.parametrize("path", ["../ca.pem", "/dev/zero", "link.pem", "certificates/ca.pem"])
def test_what_is_not_below_the_folder_is_not_read(path: str, folder: Folder, ca_pem: str) -> None:
    outside = folder.path.parent / "ca.pem"
    outside.write_text(ca_pem)
    (folder.path / "link.pem").symlink_to(outside)
    (folder.path / "certificates").symlink_to(outside.parent)
    folder.write("dev.toml", {**VERIFIED, "source.ca_certificate_file": path})

    assert folder.lines() == [
        (
            f"environments/dev.toml: source.ca_certificate_file: {path} given, which is not below "
            "environments/; allowed: a file with certificates in PEM; put the certificate there, "
            "for example into environments/certificates/"
        )
    ]


def test_a_link_within_the_folder_is_followed(folder: Folder, ca_pem: str) -> None:
    (folder.path / "real.pem").write_text(ca_pem)
    (folder.path / "ca.pem").symlink_to("real.pem")

    (environment,) = load_environments(folder.path)

    assert environment.source_ca_certificate_pem == ca_pem


@pytest.mark.parametrize(
    "pem",
    [make_pem(subject="db", ca=False), make_pem(subject="db", ca=None)],
    ids=["no authority", "nothing said"],
)
def test_a_servers_certificate_is_refused(pem: str, folder: Folder) -> None:
    (folder.path / "ca.pem").write_text(pem)

    assert folder.lines() == [
        LINE.format(
            "whose certificate 1 is a server's",
            "put the certificate of the authority that signed it there",
        )
    ]


def test_certificates_that_have_all_ended_are_refused(folder: Folder) -> None:
    (folder.path / "ca.pem").write_text(make_pem(days=-500) + make_pem(days=-2))

    (line,) = folder.lines()

    ended = [f"{dt.datetime.now(dt.UTC) + days * DAY:%Y-%m-%d}" for days in (-500, -2)]
    assert line == LINE.format(
        f"whose certificate 1 ended on {ended[0]}, certificate 2 ended on {ended[1]}",
        "put the authority's present certificate there",
    )


def test_of_a_bundle_what_has_ended_is_left_out_with_a_word(folder: Folder, ca_pem: str) -> None:
    (folder.path / "ca.pem").write_text(make_pem(days=-500) + ca_pem)

    (environment,) = load_environments(folder.path)

    ended = f"{dt.datetime.now(dt.UTC) - 500 * DAY:%Y-%m-%d}"
    assert environment.source_ca_certificate_pem == ca_pem
    (remark,) = environment.remarks
    assert remark == (
        "environments/dev.toml: source.ca_certificate_file: certificate 1 ended on "
        f"{ended} and is left out."
    )


@pytest.mark.parametrize("whole", [0, 1, 2])
def test_a_file_that_was_cut_is_refused(whole: int, folder: Folder, ca_pem: str) -> None:
    """An authority that is missing would show at the first connection to its server."""
    (folder.path / "ca.pem").write_text(ca_pem * whole + ca_pem[:200])

    assert folder.lines() == [
        LINE.format(f"whose certificate {whole + 1} has no end", "get the file anew: it was cut")
    ]


def test_a_certificate_without_its_beginning_is_one_that_was_cut(
    folder: Folder, ca_pem: str
) -> None:
    (folder.path / "ca.pem").write_text(ca_pem + ca_pem[200:])

    assert folder.lines() == [
        LINE.format("in which a certificate has no beginning", "get the file anew: it was cut")
    ]


def test_what_has_not_begun_is_no_authority_yet(folder: Folder, ca_pem: str) -> None:
    later = make_pem(days=500, begun=-100)
    begins = f"{dt.datetime.now(dt.UTC) + 100 * DAY:%Y-%m-%d}"

    (folder.path / "ca.pem").write_text(ca_pem + later)
    (environment,) = load_environments(folder.path)
    (folder.path / "ca.pem").write_text(later)

    assert environment.source_ca_certificate_pem == ca_pem
    (remark,) = environment.remarks
    assert remark == (
        "environments/dev.toml: source.ca_certificate_file: certificate 2 begins on "
        f"{begins} and is left out."
    )
    assert folder.lines() == [
        LINE.format(
            f"whose certificate 1 begins on {begins}",
            "put the authority's present certificate there",
        )
    ]


@pytest.mark.parametrize("content", ["", "30820122300d0609", "-----END CERTIFICATE-----"])
def test_what_is_no_pem_is_refused(content: str, folder: Folder) -> None:
    (folder.path / "ca.pem").write_text(content)

    assert folder.lines() == [LINE.format("which holds no certificate in PEM", CONVERT)]


def test_pem_that_is_no_certificate_is_refused(folder: Folder) -> None:
    (folder.path / "ca.pem").write_text(f"{BEGIN}aGVsbG8={END}")

    assert folder.lines() == [LINE.format("whose certificate 1 cannot be parsed", CONVERT)]


def test_a_certificate_with_headers_is_refused(folder: Folder, ca_pem: str) -> None:
    headers = 'Comment: ${file("/etc/passwd")}\n\n'
    (folder.path / "ca.pem").write_text(ca_pem.replace(BEGIN, f"{BEGIN}{headers}"))

    assert folder.lines() == [LINE.format("whose certificate 1 cannot be parsed", CONVERT)]


def test_a_private_key_is_refused_and_not_shown(folder: Folder, ca_pem: str) -> None:
    key = "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n"
    (folder.path / "ca.pem").write_text(ca_pem + key)

    (line,) = folder.lines()

    assert line == LINE.format(
        "which holds a private key",
        "remove the key from the file, and renew it: it has been exposed",
    )


def test_a_file_is_read_once_its_setting_is_right(folder: Folder) -> None:
    folder.write("dev.toml", {**VERIFIED, "source.ca_certificate_file": 5})

    assert len(folder.lines()) == 1
