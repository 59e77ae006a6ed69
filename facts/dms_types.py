"""What DMS makes of PostgreSQL's types, by their names in `pg_type`.

Source: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html, "Source data types
for PostgreSQL" and "Migrating from PostgreSQL to PostgreSQL using AWS DMS".
"""

from __future__ import annotations

from typing import Final

LOB_TYPES: Final = frozenset(
    {
        "bytea",
        "citext",
        "hstore",
        "json",
        "jsonb",
        "path",
        "polygon",
        "text",
        "tsquery",
        "tsvector",
        "xml",
    }
)
"""Large objects by their names: BLOB, CLOB, NCLOB in DMS's words. Arrays, composites and varchar
without a length are large objects too."""

NOT_MIGRATED: Final = frozenset(
    {
        "box",
        "circle",
        "inet",
        "line",
        "lseg",
        "macaddr",
        "macaddr8",
        "path",
        "tsquery",
        "tsvector",
    }
)
"""Types of which AWS says that they do not migrate from PostgreSQL to PostgreSQL. Enums, composites and
ranges do not either. Another table of the page maps most of them to text: where the tables are made at the
target beforehand, they may arrive."""

UNKNOWN_TO_DMS: Final = frozenset(
    {
        "jsonpath",
        "pg_lsn",
        "pg_snapshot",
        "regclass",
        "regproc",
        "regprocedure",
        "regrole",
        "regtype",
        "tid",
        "txid_snapshot",
        "xid",
        "xid8",
    }
)
"""Types that AWS's tables do not name at all."""

SPATIAL: Final = frozenset({"geometry", "geography", "raster", "box2d", "box3d"})
"""PostGIS's. DMS needs its extension at both ends."""

MAX_NUMERIC_PRECISION: Final = 38
"""A numeric of more digits is carried as text."""
