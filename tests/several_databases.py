"""An environment's file with several databases of its source."""

from collections.abc import Mapping


def spelt_out(text: str) -> str:
    """A file of one database, with [[databases]] in place of `source.database`."""
    given = 'database = "app"\n'
    assert text.count(given) == 1, "the file no longer says that app is carried"
    return f'{text.replace(given, "")}\n[[databases]]\nsource = "app"\naurora = "app"\n'


def with_databases(text: str, more: Mapping[str, str]) -> str:
    """A file that carries more databases than one, each by a task of its own.

    Args:
        text: The file of one database.
        more: Its others' names at the source, by their names in Aurora.
    """
    task = "[[dms.tasks]]\n"
    text = spelt_out(text).replace(task, f'{task}database = "app"\n')
    for number, (aurora, source) in enumerate(more.items(), start=2):
        text += (
            f'\n[[databases]]\nsource = "{source}"\naurora = "{aurora}"\n'
            f'\n{task}name = "of-{number}"\ndatabase = "{aurora}"\ntables = [{{ schema = "public" }}]\n'
        )
    return text
