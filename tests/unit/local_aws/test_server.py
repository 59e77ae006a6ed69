from __future__ import annotations

import socket
import struct
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import pytest

RESET = struct.pack("ii", 1, 0)
"""SO_LINGER with no time to linger: what closes the socket resets the connection."""
_ASKED = b"POST /moto-api/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"


def test_a_client_that_goes_away_before_its_answer_is_told_of(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    place = urlsplit(url)
    for _ in range(10):  # now and then the answer is written before the client is gone
        with socket.create_connection((place.hostname, place.port)) as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            client.sendall(_ASKED)
        for _ in range(100):
            if "a client went away before its answer" in caplog.text:
                return
            time.sleep(0.02)
    raise AssertionError(caplog.text)
