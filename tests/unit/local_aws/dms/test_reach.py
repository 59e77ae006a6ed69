"""How DMS's workers reach an endpoint's server."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from local_aws.services.dms.reach import _root

PEM = "-----BEGIN CERTIFICATE-----\n" * 20_000


def test_tasks_that_start_at_the_same_time_never_read_half_a_certificate() -> None:
    backend: Any = SimpleNamespace(
        certificates=SimpleNamespace(get=lambda _: SimpleNamespace(data={"CertificatePem": PEM}))
    )
    endpoint: Any = SimpleNamespace(data={"CertificateArn": "arn:aws:dms:::cert:A"})
    file = Path(_root(backend, endpoint)["sslrootcert"])
    seen = set()

    def start() -> None:
        for _ in range(300):
            _root(backend, endpoint)

    tasks = [threading.Thread(target=start) for _ in range(2)]
    for each in tasks:
        each.start()
    while any(each.is_alive() for each in tasks):
        seen.add(len(file.read_text()))
    assert seen == {len(PEM)}
    assert [it.name for it in file.parent.glob("A.*")] == ["A.pem"]
