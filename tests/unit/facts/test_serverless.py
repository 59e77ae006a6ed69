"""What Aurora Serverless v2's capacities allow."""

from __future__ import annotations

import pytest

from facts.serverless import max_connections


@pytest.mark.parametrize(
    ("min_acu", "max_acu", "most"),
    [
        *((1, acu, most) for acu, most in ((1, 189), (4, 823), (8, 1669), (16, 3360))),
        *((1, acu, 5000) for acu in (32, 64, 128, 256)),
        *((0.5, acu, most) for acu, most in ((1, 189), (8, 1669), (16, 2000), (128, 2000))),
        (0, 128, 2000),
    ],
)
def test_connections_are_those_that_aws_names(min_acu: float, max_acu: float, most: int) -> None:
    assert max_connections(min_acu, max_acu) == most
