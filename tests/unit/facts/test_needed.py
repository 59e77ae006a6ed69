"""What has to be watched is what the stacks watch."""

from __future__ import annotations

from facts import alarms, events


def test_what_has_an_alarm_or_an_event_to_be_told_by_is_made() -> None:
    made = {it.metric for it in alarms.ALARMS}
    assert all(made & {*group} for groups in alarms.NEEDED.values() for group in groups)
    assert events.NEEDED.keys() == events.CATEGORIES.keys()
    for kind, needed in events.NEEDED.items():
        assert {*needed} <= {*events.CATEGORIES[kind]}
