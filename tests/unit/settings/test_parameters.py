"""The parameters whose apply method the project knows."""

from constructs_lib.aurora.known_parameters import KNOWN_PARAMETERS, Kind
from settings.parameters import DYNAMIC, STATIC


def test_the_settings_know_what_the_constructs_know() -> None:
    known = {
        kind: {name for name, row in KNOWN_PARAMETERS.items() if row.kind is kind} for kind in Kind
    }

    assert known == {Kind.STATIC: STATIC, Kind.DYNAMIC: DYNAMIC}
