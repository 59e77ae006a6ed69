"""An environment's file with what has no setting of its own, and with what DMS changes on the way."""

from typing import Final

_WHOLE, _PART = (
    'database = "app"\ncidr = "10.99.0.0/16"\n',
    'database = "app"\ncidr = "10.99.1.0/24"\n',
)
_OF_THE_SOURCE: Final = """\
further_cidrs = ["10.99.128.0/24"]
extra_attributes = { trimSpaceInChar = "false" }
"""
_OF_A_TASK: Final = """\
extra_settings = '{"ErrorBehavior": {"RecoverableErrorCount": 5}}'
"""
_ANOTHER_TASK: Final = """
[[dms.tasks]]
name = "history"
tables = [{ schema = "history", table = "visits", filters = [
  { column = "id", conditions = [{ operator = "gte", value = "1000000" }] },
] }]
transformations = [
  { target = "table", action = "add-prefix", schema = "history", table = "%", value = "old_" },
  { target = "column", action = "remove-column", schema = "history", table = "%", column = "notes" },
]
"""


def with_hatches(text: str) -> str:
    """A file whose source has two networks and whose tasks use DMS's own words.

    Args:
        text: A file with one task, named `all`.
    """
    task = 'name = "all"\n'
    for given, wanted in ((_WHOLE, _PART + _OF_THE_SOURCE), (task, task + _OF_A_TASK)):
        assert text.count(given) == 1, f"{given!r} stands {text.count(given)} times in the file"
        text = text.replace(given, wanted)
    return text + _ANOTHER_TASK
