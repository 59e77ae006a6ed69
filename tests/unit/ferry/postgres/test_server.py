"""Where a server is reached, as options say it."""

from __future__ import annotations

import pytest

from ferry.errors import InputError
from ferry.postgres import Address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:15432", Address(host="127.0.0.1", port=15432)),
        ("bastion.example.com:1", Address(host="bastion.example.com", port=1)),
        ("[::1]:65535", Address(host="::1", port=65535)),
    ],
)
def test_an_address_is_a_host_and_a_port(text: str, address: Address) -> None:
    assert Address.parse(text, option="--source-address") == address


@pytest.mark.parametrize(
    "text",
    ["", ":", "host", "host:", ":5432", "host:0", "host:65536", "host:5432x", "host:٣", "a b:1",
     "::1:5432", "a,b:5432", "host:" + "9" * 5000],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"^--source-address is '") as refused:
        Address.parse(text, option="--source-address")
    assert str(refused.value).endswith("such as 127.0.0.1:15432, the port from 1 to 65535.")
