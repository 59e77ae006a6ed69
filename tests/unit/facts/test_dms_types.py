"""Types typed once more, from AWS's page on PostgreSQL sources."""

from __future__ import annotations

from facts import dms_types
from facts.dms import version_of


def test_large_objects_are_those_of_awss_table() -> None:
    blob, clob = {"bytea"}, {"tsvector", "tsquery", "xml", "path", "polygon"}
    nclob = {"text", "json", "jsonb", "hstore", "citext"}

    assert blob | clob | nclob == dms_types.LOB_TYPES


def test_what_does_not_migrate_by_awss_table() -> None:
    named = "inet macaddr tsvector tsquery line lseg box path circle"

    assert {*named.split(), "macaddr8"} == dms_types.NOT_MIGRATED


def test_versions_of_dms_are_compared_by_number() -> None:
    assert version_of("3.10.0") > version_of("3.6.1")
