"""Everywhere that a password could have been written down during a deployment."""

from __future__ import annotations

import base64
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from types_boto3_s3 import S3Client


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Something written, and where it is."""

    where: str
    content: bytes


def in_folder(folder: Path) -> Iterator[Place]:
    """All files, and all files in those that are zip archives, as plans are.

    The provider is a link to a folder elsewhere: it is not ours, and large.
    """
    for file in sorted(folder.rglob("*")):
        if file.is_symlink() or not file.is_file():
            continue
        where = str(file.relative_to(folder))
        yield Place(where=where, content=file.read_bytes())
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                for name in archive.namelist():
                    yield Place(where=f"{where}:{name}", content=archive.read(name))


def in_bucket(s3: S3Client, bucket: str) -> Iterator[Place]:
    """All versions of all objects."""
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for version in page.get("Versions", ()):
            key, id_ = version["Key"], version["VersionId"]
            body = s3.get_object(Bucket=bucket, Key=key, VersionId=id_)["Body"]
            yield Place(where=f"s3://{bucket}/{key}?{id_}", content=body.read())


def leaks(places: Iterable[Place], passwords: Iterable[str]) -> list[str]:
    """Where a password stands, as it is or in base64; the answer holds none of them."""
    needles = [
        needle
        for password in passwords
        for needle in (password.encode(), base64.b64encode(password.encode()).rstrip(b"="))
    ]
    return [place.where for place in places if any(one in place.content for one in needles)]
