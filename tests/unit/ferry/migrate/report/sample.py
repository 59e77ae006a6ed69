"""A report as of a rehearsal: a cutover that was broken off once, and then done; and one of hostile names."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ferry.migrate.cutover.steps import STEPS, Stage
from ferry.migrate.report.told import (
    By,
    Chart,
    Differed,
    Done,
    Ending,
    Gap,
    Look,
    Outage,
    Report,
    Run,
    Series,
    Skipped,
    Stand,
    Table,
)

AT = datetime(2027, 2, 14, 6, 0, tzinfo=UTC)
WHO = By(
    at=AT,
    caller="arn:aws:sts::123456789012:assumed-role/operator/kim",
    user="kim",
    machine="bastion-1",
    ferry="0.1.0",
    typed=True,
    warnings=("The maintenance window of the replication instance begins in 3 h.",),
)
TOOK = (0.4, 1.2, 0.1, 0.31, 1.04, 0.72, 0.52, 0.08, 0.03, 0.11, 0.05, 0.4, 0.3, 0.2, 0.1, 0.06, 0.2, 12.0, 8.0)  # fmt: skip


def steps(at: datetime, *, until: str = "", why: str = "") -> tuple[Done, ...]:
    made = []
    for step, seconds in zip(STEPS, (*TOOK, 4.1, 0.8, 2.2, 0.3, 0.3), strict=False):
        failed = step.name == until
        made.append(
            Done(
                step=step.name,
                what=step.what,
                at=at,
                seconds=seconds,
                state="failed" if failed else "done",
                why=why if failed else "",
                in_window=step.stage is Stage.WINDOW,
            )
        )
        if failed:
            break
        at += timedelta(seconds=seconds)
    return tuple(made)


def look(rows: int, digest: str, *, at: datetime = AT - timedelta(hours=2)) -> Look:
    return Look(at=at, verdict="same", rows=(rows, rows), hashes=(digest, digest), seconds=41.7)


def newer(rows: int, changed: int) -> Look:
    return Look(
        at=AT + timedelta(seconds=4),
        verdict="same",
        rows=(rows, rows),
        hashes=("", ""),
        newer=(changed, changed),
    )


def line(name: str, *, high: float, wave: float) -> Series:
    return Series(
        name=name,
        points=tuple(
            (
                AT - timedelta(minutes=5 * (48 - place)),
                max(
                    0.0, high * (0.4 + 0.3 * math.sin(place / wave)) + (high if place == 20 else 0)
                ),
            )
            for place in range(52)
        ),
    )


DONE = Run(
    id="20270214T060000Z-a1b2c3",
    direction="forward",
    ending=Ending.FINISHED,
    outage=Outage(
        seconds=3.41,
        how="from closing to opening, by one clock",
        closed_at=AT + timedelta(seconds=1.7),
        opened_at=AT + timedelta(seconds=5.1),
    ),
    by=(WHO,),
    steps=steps(AT),
    point_at=AT + timedelta(seconds=4.6),
)
BROKEN_OFF = replace(
    DONE,
    id="20270214T054000Z-0f0f0f",
    ending=Ending.OPENED,
    outage=Outage(
        seconds=2.2,
        how="from closing to opening, by one clock",
        closed_at=AT - timedelta(minutes=20),
        opened_at=AT - timedelta(minutes=20) + timedelta(seconds=2.2),
    ),
    steps=steps(AT - timedelta(minutes=20), until="verify", why="public.orders is different."),
    point_at=None,
    opened="opened",
)
TABLES = (
    Table(
        database="shop",
        name="public.customers",
        state="Table completed",
        loaded=120_000,
        changes=840,
        whole=look(120_311, "0f3a9c51d27be846"),
        window=newer(120_402, 91),
    ),
    Table(
        database="shop",
        name="public.orders",
        state="Table completed",
        loaded=2_400_000,
        changes=51_200,
        whole=look(2_411_877, "a87c11e09f3b5d20"),
        window=newer(2_412_003, 126),
        differed=(
            Differed(
                at=AT - timedelta(minutes=20),
                last_at=AT - timedelta(minutes=20),
                counts={"extra": 1},
                same_at=AT - timedelta(minutes=9),
                loaded_at=AT - timedelta(minutes=10),
            ),
        ),
    ),
    Table(
        database="shop",
        name="public.order_items",
        state="Table completed",
        loaded=9_800_000,
        changes=204_000,
        whole=look(9_850_144, "55d0c3be7190aa1f"),
        window=newer(9_850_660, 516),
    ),
    Table(
        database="shop",
        name="inventory.stock",
        state="Table completed",
        loaded=48_000,
        changes=90_100,
        whole=look(48_000, "19ee02fd6a4c7b33"),
        window=newer(48_000, 340),
    ),
)
REPORT = Report(
    environment="dev",
    account_id="123456789012",
    region="eu-central-1",
    source="192.168.10.15:5432",
    target="dev.cluster-c1x2y3z4a5b6.eu-central-1.rds.amazonaws.com",
    at=AT + timedelta(minutes=30),
    by="arn:aws:sts::123456789012:assumed-role/operator/kim",
    max_outage_seconds=120,
    goes_back=True,
    way_back=("until 2027-02-21T06:00:00+01:00", "where orders fail for ten minutes"),
    versions=(
        ("ferry, which made this page", "0.1.0"),
        ("PostgreSQL at the source", "14.12"),
        ("PostgreSQL in Aurora", "15.8"),
        ("Aurora, by the file", "15.8"),
        ("DMS, by the file", "3.5.4"),
    ),
    settings=(
        ("source.host", "192.168.10.15"),
        ("dms.engine_version", "3.5.4"),
        ("dms.rollback", "True"),
        ("cutover.max_outage_seconds", "120"),
        ("cutover.max_lag_seconds", "5"),
    ),
    runs=(BROKEN_OFF, DONE),
    tables=TABLES,
    skipped=(
        Skipped(what="some rows of public.orders", why="a filter of its task leaves them out", is_meant=True),
    ),
    charts=(
        Chart(
            name="latency",
            title="How late changes are",
            unit="s",
            series=(line("all: reading", high=2, wave=5), line("all: writing", high=4, wave=3)),
        ),
        Chart(
            name="changes",
            title="Changes that were carried",
            unit="rows/s",
            series=(line("all: read", high=900, wave=6), line("all: written", high=860, wave=6)),
        ),
        Chart(
            name="load",
            title="Rows that the full load wrote",
            unit="rows/s",
            series=(line("all", high=41_000, wave=9),),
        ),
        Chart(
            name="processors",
            title="Processors",
            unit="%",
            why="CloudWatch has no value since 2027-02-14 01:30 UTC",
        ),
    ),
)  # fmt: skip
BEFORE = replace(
    REPORT,
    runs=(),
    tables=(
        *(replace(it, window=None, is_current=True) for it in TABLES[:3]),
        Table(database="shop", name="inventory.stock"),
    ),
    stands=(
        Stand(step="deployed", state="done", what="DMS has the task all."),
        Stand(step="replicating all", state="now", what="The last marker is not at Aurora yet."),
    ),
    gaps=(Gap(what="The journal in Aurora", why="Aurora does not answer"),),
)
HOSTILE = "<script>alert(1)</script>"
QUOTED = "a\"b'c&d</td>\u202ee"


def hostile() -> Report:
    """Each name that comes from elsewhere is one that a page must not take for its own."""
    return replace(
        REPORT,
        source=HOSTILE,
        target=QUOTED,
        by=HOSTILE,
        way_back=(HOSTILE, QUOTED),
        versions=((HOSTILE, QUOTED),),
        settings=((QUOTED, HOSTILE),),
        runs=(
            replace(
                BROKEN_OFF,
                id=HOSTILE,
                opened=QUOTED,
                by=(
                    replace(WHO, caller=HOSTILE, user=QUOTED, machine=HOSTILE, warnings=(HOSTILE,)),
                ),
                steps=(
                    *steps(AT, until="verify", why=HOSTILE),
                    Done(step=HOSTILE, what="", at=AT, seconds=None, state="begun"),
                ),
            ),
            DONE,
        ),
        tables=(
            replace(
                TABLES[0],
                database=HOSTILE,
                name=f"public.{HOSTILE}",
                left_out=(HOSTILE,),
                whole=look(1, HOSTILE),
            ),
            replace(TABLES[1], name=QUOTED),
        ),
        skipped=(Skipped(what=HOSTILE, why=QUOTED, is_meant=False),),
        charts=(
            Chart(
                name="latency",
                title=HOSTILE,
                unit=QUOTED,
                series=(replace(line("", high=2, wave=5), name=HOSTILE),),
            ),
            Chart(name="load", title=QUOTED, unit=HOSTILE, why=HOSTILE),
        ),
        stands=(Stand(step=HOSTILE, state="now", what=QUOTED),),
        gaps=(Gap(what=HOSTILE, why=QUOTED),),
    )
