"""A database's catalogs, read once into rows that do not change; others judge them."""

from ferry.postgres.catalog.catalog import Catalog
from ferry.postgres.catalog.parts import Part, UnreadError
from ferry.postgres.catalog.reading import AT_ONCE, columns_of, last_values, read, wal_position

__all__ = [
    "AT_ONCE",
    "Catalog",
    "Part",
    "UnreadError",
    "columns_of",
    "last_values",
    "read",
    "wal_position",
]
