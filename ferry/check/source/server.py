"""Whether the source's server can be read by DMS: its version, its WAL, its slots, its sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facts.aurora import release
from facts.dms import READS_FROM, READS_STANDBYS, version_of
from facts.identifiers import identifier, literal
from facts.parameters import LOGICAL_REPLICATION, PRELOADED
from ferry.check.source.subject import loads, reads_changes
from ferry.check.source.verdict import Check, Verdict, blocks, fine, warns
from ferry.check.source.words import duration, listed, size
from ferry.postgres.catalog import UnreadError
from ferry.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.check.source.subject import Subject
    from ferry.postgres.catalog.rows import Role, Slot

_HOUR: Final = 3600
_DAY: Final = 24 * _HOUR
_MIB: Final = 2**20
_LONG_SECONDS: Final = 600
"""How long DMS waits for transactions that are open when a load begins. Source:
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.FullLoad.html"""

_TIMEOUTS: Final = {
    "statement_timeout": 0,
    "idle_in_transaction_session_timeout": 0,
    "idle_session_timeout": 14,
    "transaction_timeout": 17,
}
"""What ends sessions or statements, and the release that it is there since."""

SECONDS_WATCHED: Final = 2.0
"""For how long the source's WAL is watched, at the least."""

_LEAST_SENDER_TIMEOUT: Final = 10_000
_MOST_SENDER_TIMEOUT: Final = 300_000
_CONNECTIONS_BESIDE: Final = 3
"""Connections of a task beside those of its sub-tasks: catalogs, changes, validation."""

_POOLERS: Final = {6432: "PgBouncer's", 5433: "Pgpool-II's", 6543: "a pooler's"}
_CONTRIB: Final = frozenset({"pageinspect", "pg_buffercache", "pgrowlocks", "tcn"})
"""Extensions that PostgreSQL's contrib package brings, as it brings test_decoding."""


def version(subject: Subject) -> Iterator[Verdict]:
    """Whether DMS reads the release, and Aurora's is not older."""
    server, wanted = subject.catalog.server, subject.dms.engine_version
    needed = READS_FROM.get(server.release, (0, 0, 0))
    if server.release > max(READS_FROM):
        yield blocks(
            f"The source runs PostgreSQL {server.release}.",
            why=f"AWS names no version of DMS that reads it; the latest that is read is "
            f"{max(READS_FROM)}.",
            remedy="Ask AWS Support, or carry it another way.",
        )
    elif version_of(wanted) < needed:
        yield blocks(
            f"The source runs PostgreSQL {server.release}, which DMS {wanted} does not read.",
            why="The connection test or the task fails.",
            remedy=f'Set dms.engine_version = "{".".join(map(str, needed))}" in {subject.file}.',
        )
    aurora = release(subject.environment.aurora.engine_version)
    if server.release > aurora:
        yield blocks(
            f"The source runs PostgreSQL {server.release}, Aurora is to run {aurora}.",
            why="A dump of a later release is not meant for an earlier one, and what is new in it "
            "does not exist there.",
            remedy=f"Set aurora.engine_version in {subject.file} to a version of {server.release} or "
            "later.",
        )
    else:
        number = f"{server.release}.{server.version % 10_000}"
        yield fine(f"The source runs PostgreSQL {number}, which DMS {wanted} reads.")


def standby(subject: Subject) -> Iterator[Verdict]:
    """Whether the source is a standby, from which few read changes."""
    server = subject.catalog.server
    if not server.is_standby:
        return
    least_dms, least_release = READS_STANDBYS
    able = version_of(subject.dms.engine_version) >= least_dms and server.release >= least_release
    if subject.changing_tasks and not able:
        yield blocks(
            "The source is a standby (pg_is_in_recovery() is true).",
            why="Logical decoding on a standby needs PostgreSQL 16, and DMS 3.6.1 to read it.",
            remedy=f"Give the primary's name in source.host of {subject.file}.",
        )
    else:
        yield warns(
            "The source is a standby (pg_is_in_recovery() is true).",
            why="Long reads on it are cancelled by the primary's changes "
            "(max_standby_streaming_delay), and its slots are lost when it is promoted.",
            remedy=f"Give the primary's name in source.host of {subject.file}, if it can take the "
            "load.",
        )


def failover(subject: Subject) -> Iterator[Verdict]:
    """Whether a standby may take over, without the tasks' slots."""
    catalog = subject.catalog
    if catalog.server.is_managed or not subject.changing_tasks:
        return
    [counts] = catalog.counts
    physical = [slot.name for slot in catalog.slots if not slot.plugin]
    logical = sum(slot.is_active for slot in catalog.slots if slot.plugin)
    standbys = max(len(physical), counts.senders - logical)
    if standbys > 0:
        yield warns(
            f"The source has {counted(standbys, 'standby', 'standbys')}, by its WAL senders and "
            "physical slots.",
            why="When one is promoted, the slots of DMS's tasks are not on it: every task has to be "
            "loaded anew. DMS makes no slots that are carried over.",
            remedy="Switch over before the tasks start or after the cutover, not between them.",
        )


def wal_level(subject: Subject) -> Iterator[Verdict]:
    """Whether WAL holds what logical decoding reads."""
    catalog = subject.catalog
    level = catalog.setting("wal_level")
    if not subject.changing_tasks or level == "logical":
        return
    remedy = (
        f"Set {LOGICAL_REPLICATION} = 1 in the source's parameter group, and reboot it."
        if catalog.server.is_managed
        else "ALTER SYSTEM SET wal_level = 'logical'; then restart the server."
    )
    yield blocks(
        f"wal_level is {level}, not logical.",
        why=f"The tasks {listed(task.name for task in subject.changing_tasks)} read changes, and "
        "cannot make their replication slots.",
        remedy=remedy,
    )


def slots(subject: Subject) -> Iterator[Verdict]:
    """Whether there is a free replication slot for each task that reads changes."""
    catalog = subject.catalog
    used = list(catalog.slots)
    yield from _room(
        subject,
        "max_replication_slots",
        used=len(used),
        needed=0 if subject.settings.slot_name else len(subject.changing_tasks),
        what="slot",
        perhaps_ours=sum(_may_be_ours(subject, slot) for slot in used),
    )


def senders(subject: Subject) -> Iterator[Verdict]:
    """Whether there is a free WAL sender for each task that reads changes."""
    [counts] = subject.catalog.counts
    yield from _room(
        subject,
        "max_wal_senders",
        used=counts.senders,
        needed=len(subject.changing_tasks),
        what="WAL sender",
        perhaps_ours=sum(
            slot.is_active for slot in subject.catalog.slots if _may_be_ours(subject, slot)
        ),
    )


def _room(
    subject: Subject, setting: str, *, used: int, needed: int, what: str, perhaps_ours: int
) -> Iterator[Verdict]:
    most = subject.catalog.number(setting)
    free = most - used
    have = f"{setting} is {most}, of which {used:,} are used; the tasks need {needed}."
    remedy = f"ALTER SYSTEM SET {setting} = {used + needed + 2}; then restart the server."
    if subject.catalog.server.is_managed:
        remedy = f"Set {setting} = {used + needed + 2} in the parameter group, and reboot."
    why = (
        f"Each task that reads changes has a {what} of its own; one without it fails at its start."
    )
    if free >= needed:
        yield fine(have)
    elif free + perhaps_ours >= needed:
        yield warns(
            have, why=f"{why} Those that are used may be the tasks' own already.", remedy=remedy
        )
    else:
        yield blocks(have, why=why, remedy=remedy)


def _set(subject: Subject, setting: str, value: str, *, on_rds: int) -> str:
    """How a setting is changed that needs no restart: on RDS nobody may ALTER SYSTEM.

    Args:
        subject: Whose source it is.
        setting: The setting's name.
        value: Its value, with a unit.
        on_rds: The same in the setting's own unit: parameter groups take numbers alone.
    """
    if subject.catalog.server.is_managed:
        return f"Set {setting} = {on_rds} in the source's parameter group."
    return f"ALTER SYSTEM SET {setting} = {literal(value)}; SELECT pg_reload_conf();"


def _may_be_ours(subject: Subject, slot: Slot) -> bool:
    """Whether a slot may be one of the environment's tasks: DMS says not what it calls them."""
    plugins = {"test_decoding", "pglogical_output"}
    return slot.plugin in plugins and slot.database in {
        database.source for database in subject.environment.carried
    }


def slot_limit(subject: Subject) -> Iterator[Verdict]:
    """For how long a task may stand still before its slot is lost."""
    catalog = subject.catalog
    if not subject.changing_tasks or catalog.server.release < 13:  # noqa: PLR2004 - its first release
        return
    limit_mib = catalog.number("max_slot_wal_keep_size")
    now, average = _wal_rates(subject)
    rate = max(now, average or 0.0)
    written = f"{size(rate)} a second, {size(rate * _DAY)} a day" if rate else "hardly any"
    if limit_mib < 0:
        yield fine(
            f"max_slot_wal_keep_size has no limit: a task that stands still keeps all WAL on the "
            f"source's disk. The source writes {written}."
        )
        return
    grace, usual = (
        limit_mib * _MIB / each if each else float("inf")
        for each in (rate, rate if average is None else average)
    )
    what = f"max_slot_wal_keep_size is {size(limit_mib * _MIB)}; the source writes {written}" + (
        f": {duration(grace)} of grace." if rate else "."
    )
    gib = int(2 * _DAY * rate / _MIB / 1024) + 1
    change = _set(subject, "max_slot_wal_keep_size", f"{gib}GB", on_rds=gib * 1024)
    remedy = f"{change} That is two days at this rate, if the disk has the room."
    why = (
        "A task that is stopped or behind for longer loses its slot, and has to be loaded anew. The "
        "full load alone keeps WAL as long as it runs."
    )
    if usual < _HOUR:
        yield blocks(what, why=why, remedy=remedy)
    elif grace < _DAY:
        yield warns(what, why=why, remedy=remedy)
    elif average is None:
        yield warns(
            what,
            why=f"That is known of {SECONDS_WATCHED:.0f} seconds alone: statistics of WAL are not there, "
            f"or of less than an hour. {why}",
            remedy="Ask again when the source is busiest, or when pg_stat_wal (PostgreSQL 14 and later) "
            "has counted for an hour.",
        )
    else:
        yield fine(what)


def _wal_rates(subject: Subject) -> tuple[float, float | None]:
    """What was measured now, and the average since the statistics began, if that is long enough."""
    measured = subject.wal_bytes_per_second
    averages = [wal.bytes / wal.seconds for wal in subject.catalog.wal if wal.seconds > _HOUR]
    if isinstance(measured, UnreadError):
        raise measured
    return measured, averages[0] if averages else None


def sender_timeout(subject: Subject) -> Iterator[Verdict]:
    """Whether the server cuts DMS off too soon, or holds on to what is gone for too long.

    Source: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html
    """
    milliseconds = subject.catalog.number("wal_sender_timeout")
    if not subject.changing_tasks or milliseconds == 0:
        return
    remedy = _set(subject, "wal_sender_timeout", "60s", on_rds=60_000)
    if milliseconds < _LEAST_SENDER_TIMEOUT:
        yield blocks(
            f"wal_sender_timeout is {milliseconds / 1000:g} s.",
            why="DMS wants 10 s at least: it answers less often, is cut off, and the task fails.",
            remedy=remedy,
        )
    elif milliseconds > _MOST_SENDER_TIMEOUT:
        yield warns(
            f"wal_sender_timeout is {duration(milliseconds / 1000)}.",
            why="AWS wants less than five minutes: a connection that is cut keeps its slot for as "
            "long, and the task cannot resume.",
            remedy=remedy,
        )


def session_timeouts(subject: Subject) -> Iterator[Verdict]:
    """Whether the server ends DMS's sessions, or what they do.

    Source: https://www.postgresql.org/docs/17/runtime-config-client.html
    """
    hidden = []
    for name, since in _TIMEOUTS.items():
        if subject.catalog.server.release < since:
            continue
        milliseconds = _of_dms(subject, name)
        if milliseconds is None:
            hidden.append(name)
        elif 0 < milliseconds < _HOUR * 1000:
            user = subject.dms_role.name
            yield warns(
                f"{name} is {duration(milliseconds / 1000)} for {user}.",
                why="DMS reads a table with one statement, keeps a transaction open for the whole full "
                "load, and a connection idle for hours: the task fails when it is ended.",
                remedy=f"ALTER ROLE {identifier(user)} IN DATABASE "
                f"{identifier(subject.database.source)} SET {name} = 0;",
            )
    if hidden:
        user = subject.catalog.server.user
        raise UnreadError(
            f"{user} has {listed(hidden)} of its own, and so does not see what other users have.",
            f"ALTER ROLE {identifier(user)} RESET {hidden[0]}; or IN DATABASE, where it is set so.",
        )


def _of_dms(subject: Subject, name: str) -> float | None:
    """A time of DMS's user in milliseconds: what is set for it, or else for all.

    None where it is not known: a session sees what is set for its own user in place of the server's.
    """
    own = _own_settings(subject.dms_role, name)
    if own:
        return _milliseconds(own[-1])
    ferrys = subject.catalog.role(subject.catalog.server.user)
    if ferrys and _own_settings(ferrys, name):
        return None
    return subject.catalog.number(name)


def _own_settings(role: Role, name: str) -> list[str]:
    """The values that are set for a role or the database; the last of them holds."""
    return [text for key, _, text in (one.partition("=") for one in role.settings) if key == name]


def _milliseconds(text: str) -> float:
    units = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
    number = text.rstrip("abcdefghijklmnopqrstuvwxyz ")
    return float(number) * units.get(text[len(number) :].strip(), 1)


def connections(subject: Subject) -> Iterator[Verdict]:
    """Whether the tasks' connections fit beside those of the applications."""
    catalog = subject.catalog
    [counts] = catalog.counts
    most, reserved = (
        catalog.number("max_connections"),
        catalog.number("superuser_reserved_connections"),
    )
    needed = sum(
        (task.full_load_sub_tasks if loads(task) else 0)
        + _CONNECTIONS_BESIDE
        + (task.validation.thread_count if task.validation.enabled else 0)
        for task in subject.environment.tasks
    )
    if counts.sessions + needed > most - reserved:
        yield warns(
            f"max_connections is {most}, {counted(counts.sessions, 'session')} there now; the tasks "
            f"open about {needed} more.",
            why="Applications are refused ('too many clients already'), or the tasks are.",
            remedy="Start the tasks one after another, or lower full_load_sub_tasks and "
            f"validation.thread_count in {subject.file}.",
        )


def pooler(subject: Subject) -> Iterator[Verdict]:
    """Whether a connection pooler stands before the server."""
    port, server = subject.settings.port, subject.catalog.server
    remedy = (
        f"Give the server's own port in source.port of {subject.file}, and in the source's secret "
        "('ferry secret source')."
    )
    why = (
        "DMS reads changes by the replication protocol and keeps settings and transactions in its "
        "sessions; poolers take neither."
    )
    if port in _POOLERS and server.port != port:
        yield blocks(
            f"source.port is {port}, {_POOLERS[port]}; PostgreSQL listens on "
            f"{server.port or 'a socket'}.",
            why=why,
            remedy=remedy,
        )
    elif server.port is None or server.port != port:
        yield warns(
            f"source.port is {port}, and PostgreSQL took the connection on "
            f"{server.port or 'a socket of its machine'}.",
            why=f"Something stands between, a pooler or a forwarding. {why}",
            remedy=f"See that it is no pooler. {remedy}",
        )


def long_transactions(subject: Subject) -> Iterator[Verdict]:
    """Whether transactions are open that DMS waits for."""
    long = [each for each in subject.catalog.sessions if each.seconds > _LONG_SECONDS]
    if not long:
        return
    oldest = max(long, key=lambda each: each.seconds)
    named = listed(
        f"pid {each.pid} of {each.user or 'nobody'} in {each.database} "
        f"({duration(each.seconds)}, {each.state})"
        for each in sorted(long, key=lambda each: -each.seconds)
    )
    yield warns(
        f"{counted(len(long), 'transaction')} open for more than ten minutes: {named}.",
        why="A slot is made when all transactions have ended that were open: until then the task "
        "waits, and after ten minutes it may fail. They keep WAL besides.",
        remedy="End them in the application before the tasks start, or with SELECT "
        f"pg_terminate_backend({oldest.pid});",
    )


def prepared(subject: Subject) -> Iterator[Verdict]:
    """Whether prepared transactions are left, which no slot gets past."""
    found = [each for each in subject.catalog.prepared if subject.changing_tasks]
    if not found:
        return
    named = listed(
        f"{each.gid} of {each.owner} in {each.database} ({duration(each.seconds)})"
        for each in found
    )
    yield blocks(
        f"{counted(len(found), 'prepared transaction')}: {named}.",
        why="No replication slot is made as long as one is there. Later, one that is committed after "
        "the cutover's last marker is lost.",
        remedy=f"Have its transaction manager end it, or ROLLBACK PREPARED {literal(found[0].gid)}; in "
        f"database {found[0].database}.",
    )


def plugin(subject: Subject) -> Iterator[Verdict]:
    """Whether the plugin that DMS reads changes with is there."""
    catalog, name = subject.catalog, subject.settings.plugin_name
    if not subject.changing_tasks:
        return
    installed = {extension.name for extension in catalog.extensions}
    if name == "pglogical":
        loaded = "pglogical" in catalog.setting(PRELOADED)
        if not loaded or "pglogical" not in installed:
            yield blocks(
                'source.plugin_name is "pglogical", which is not '
                + ("installed in the database." if loaded else f"in {PRELOADED}."),
                why="The tasks cannot make their replication slots.",
                remedy=f"Add pglogical to {PRELOADED}, restart, and CREATE EXTENSION "
                f'pglogical; or set source.plugin_name = "test_decoding" in {subject.file}.',
            )
        return
    known = any(slot.plugin == name for slot in catalog.slots)
    contrib = _CONTRIB & {each.name for each in catalog.available}
    if not known and not contrib and not catalog.server.is_managed:
        yield warns(
            "PostgreSQL's contrib package does not seem to be installed, and test_decoding is of it.",
            why="The tasks cannot make their replication slots without the plugin.",
            remedy="Install postgresql-contrib of the server's release; nothing has to be restarted.",
        )


def pglogical_nodes(subject: Subject) -> Iterator[Verdict]:
    """Whether pglogical is in use at the source already."""
    nodes = list(subject.catalog.pglogical_nodes)
    if nodes:
        yield warns(
            f"pglogical is in use: {counted(len(nodes), 'node')} {listed(nodes)}.",
            why="Its own slots and subscriptions go on beside DMS's, what it applies here is carried "
            "too, and it stops a later major upgrade.",
            remedy="See what it is for; what is not needed any more: SELECT pglogical.drop_node("
            f"{literal(nodes[0])});",
        )


def slots_there(subject: Subject) -> Iterator[Verdict]:
    """What the replication slots hold that are there already."""
    found = list(subject.catalog.slots)
    yield from _own_slot(subject, found)
    idle = [
        slot for slot in found if not slot.is_active and slot.name != subject.settings.slot_name
    ]
    if idle:
        kept = max(slot.kept_bytes or 0 for slot in idle)
        named = listed(
            f"{slot.name} ({slot.plugin or 'physical'}, "
            + (slot.wal_status if slot.wal_status == "lost" else size(slot.kept_bytes or 0))
            + ")"
            for slot in sorted(idle, key=lambda slot: -(slot.kept_bytes or 0))
        )
        yield warns(
            f"{counted(len(idle), 'replication slot')} without a reader: {named}.",
            why=f"They keep WAL, {size(kept)} by now and more each minute, until the disk is full. One "
            "that is left of an earlier task is not used again.",
            remedy="Of what nobody needs, and no stopped task of DMS's: SELECT "
            f"pg_drop_replication_slot({literal(idle[0].name)});",
        )


def _own_slot(subject: Subject, found: list[Slot]) -> Iterator[Verdict]:
    wanted = subject.settings.slot_name
    reading = [
        database.source
        for task, database in subject.environment.migration.tasks
        if reads_changes(task)
    ]
    if wanted is None or not reading:
        return
    database = reading[0]  # a slot has one reader: a rule of the settings
    slot = next((each for each in found if each.name == wanted), None)
    output = {"pglogical": "pglogical_output"}.get(
        subject.settings.plugin_name, subject.settings.plugin_name
    )
    make = (
        f"SELECT pg_create_logical_replication_slot({literal(wanted)}, {literal(output)}); in "
        f"database {database}, or take source.slot_name out of {subject.file}."
    )
    if slot is None:
        yield blocks(
            f"There is no slot {wanted}, which source.slot_name names.",
            why="The task that reads it fails at its start.",
            remedy=make,
        )
    elif (slot.plugin, slot.database) != (output, database):
        yield blocks(
            f"The slot {wanted} is of {slot.plugin or 'no plugin'} in database "
            f"{slot.database or 'none'}, not of {output} in {database}.",
            why="The task that reads it fails at its start.",
            remedy=f"Name another slot, or drop it and make it anew: {make}",
        )
    elif slot.wal_status == "lost":
        yield blocks(
            f"The slot {wanted} has lost WAL that it needs.",
            why="What was written meanwhile cannot be read any more.",
            remedy=f"SELECT pg_drop_replication_slot({literal(wanted)}); {make} Load anew afterwards.",
        )


TITLE: Final = "The server"
CHECKS: Final = (
    Check(
        name="source-version",
        title="The source's version",
        good="DMS and Aurora take the source's version.",
        judge=version,
        of_server=True,
    ),
    Check(
        name="standby",
        title="Whether the source is a standby",
        good="The source is a primary.",
        judge=standby,
        of_server=True,
    ),
    Check(
        name="failover",
        title="Whether a standby may take over",
        good="No standby would take over without the slots.",
        judge=failover,
        of_server=True,
    ),
    Check(
        name="wal-level",
        title="wal_level",
        good="wal_level lets the tasks read changes.",
        judge=wal_level,
        of_server=True,
    ),
    Check(
        name="replication-slots",
        title="Whether there are slots enough",
        good="There are slots enough.",
        judge=slots,
        of_server=True,
    ),
    Check(
        name="wal-senders",
        title="Whether there are WAL senders enough",
        good="There are WAL senders enough.",
        judge=senders,
        of_server=True,
    ),
    Check(
        name="slot-limit",
        title="For how long a task may stand still",
        good="No slot is needed, or none is ever taken away.",
        judge=slot_limit,
        of_server=True,
    ),
    Check(
        name="wal-sender-timeout",
        title="wal_sender_timeout",
        good="wal_sender_timeout suits DMS.",
        judge=sender_timeout,
        of_server=True,
    ),
    Check(
        name="session-timeouts",
        title="Whether DMS's sessions are ended",
        good="DMS's sessions may work and wait for an hour and more.",
        judge=session_timeouts,
        of_server=True,
    ),
    Check(
        name="connections",
        title="Whether there are connections enough",
        good="There are connections enough.",
        judge=connections,
        of_server=True,
    ),
    Check(
        name="pooler",
        title="Whether a pooler stands before the source",
        good="No pooler stands before the source.",
        judge=pooler,
        of_server=True,
    ),
    Check(
        name="plugin",
        title="The plugin for logical decoding",
        good="The plugin for logical decoding is there.",
        judge=plugin,
    ),
    Check(
        name="pglogical-nodes",
        title="Whether pglogical is in use",
        good="pglogical has no nodes here.",
        judge=pglogical_nodes,
    ),
    Check(
        name="slots-there",
        title="The replication slots that are there",
        good="No replication slot is left without a reader.",
        judge=slots_there,
        of_server=True,
    ),
    Check(
        name="long-transactions",
        title="Long transactions",
        good="No transaction is open for more than ten minutes.",
        judge=long_transactions,
        of_server=True,
    ),
    Check(
        name="prepared-transactions",
        title="Prepared transactions",
        good="No prepared transaction is left.",
        judge=prepared,
        of_server=True,
    ),
)
