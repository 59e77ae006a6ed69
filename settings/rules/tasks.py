"""Rules about replication tasks."""

from collections.abc import Iterator

from facts.aurora import release
from facts.dms import READS_FROM, version_of
from facts.names import AGAIN, BACK, leg_of
from settings.environment import Environment
from settings.notation import toml
from settings.rules.rule import Finding, Rule


def task_names_differ(environment: Environment) -> Iterator[Finding]:
    """A task is known by its name."""
    names = [task.name for task in environment.tasks]
    for index, name in enumerate(names):
        if name in names[:index]:
            yield Finding(
                setting=f"dms.tasks[{index}].name",
                given=f"{toml(name)} given again",
                allowed="another name for each task",
                mend="rename one of the tasks",
            )


def names_of_legs_are_free(environment: Environment) -> Iterator[Finding]:
    """With a way back a task has two more beside it, named after it."""
    names = [task.name for task in environment.tasks]
    taken = {
        leg_of(name, leg): name
        for name in names
        if environment.dms is not None and environment.dms.rollback
        for leg in (BACK, AGAIN)
    }
    for index, name in enumerate(names):
        if name in taken:
            yield Finding(
                setting=f"dms.tasks[{index}].name",
                given=f"{toml(name)} given with dms.rollback = true, which makes a task of that name "
                f"beside {toml(taken[name])}",
                allowed="another name for each task",
                mend="rename one of the two",
            )


def way_back_is_read(environment: Environment) -> Iterator[Finding]:
    """On the way back Aurora is the source, and each version of DMS reads some releases (READS_FROM)."""
    if environment.dms is None or not environment.dms.rollback:
        return
    aurora, dms = release(environment.aurora.engine_version), environment.dms.engine_version
    given = f"true given with aurora.engine_version = {toml(environment.aurora.engine_version)}"
    if aurora > max(READS_FROM):
        yield Finding(
            setting="dms.rollback",
            given=f"{given}, which no version of DMS is known to read",
            allowed=f"true with a version of {max(READS_FROM)} at most",
            mend="set rollback = false, or another aurora.engine_version",
        )
    elif version_of(dms) < (needed := READS_FROM.get(aurora, (0, 0, 0))):
        at_least = ".".join(map(str, needed))
        yield Finding(
            setting="dms.rollback",
            given=f"{given}, which DMS {dms} does not read",
            allowed=f"true with dms.engine_version = {toml(at_least)} or later",
            mend=f"set engine_version = {toml(at_least)} in [dms], or rollback = false",
        )


def batches_have_limited_lobs(environment: Environment) -> Iterator[Finding]:
    """DMS applies changes in batches with limited LOBs only (BatchApplyEnabled)."""
    for index, task in enumerate(environment.tasks):
        if task.batch_apply and task.lob_mode != "limited":
            yield Finding(
                setting=f"dms.tasks[{index}].batch_apply",
                given=f"true given with lob_mode = {toml(task.lob_mode)}",
                allowed='true with lob_mode = "limited" alone',
                mend='set batch_apply = false, or lob_mode = "limited"',
            )
        for position, table in enumerate(task.tables):
            if task.batch_apply and table.lob and table.lob.mode == "unlimited":
                yield Finding(
                    setting=f"dms.tasks[{index}].tables[{position}].lob.mode",
                    given='"unlimited" given with batch_apply = true',
                    allowed="limited with batch_apply = true",
                    mend='set mode = "limited", or carry the table by a task of its own',
                )


def stop_is_between_two_phases(environment: Environment) -> Iterator[Finding]:
    """Only a task with both phases has a place between them to stop at."""
    for index, task in enumerate(environment.tasks):
        if task.after_full_load != "continue" and task.migration_type != "full-load-and-cdc":
            yield Finding(
                setting=f"dms.tasks[{index}].after_full_load",
                given=f"{toml(task.after_full_load)} given with migration_type = "
                f"{toml(task.migration_type)}",
                allowed="a stop in a full-load-and-cdc task",
                mend='set migration_type = "full-load-and-cdc", or remove after_full_load',
            )


_TASK = "dms.tasks.*."

RULES = (
    Rule(task_names_differ, (f"{_TASK}name",)),
    Rule(names_of_legs_are_free, (f"{_TASK}name", "dms.rollback")),
    Rule(way_back_is_read, ("dms.rollback", "dms.engine_version", "aurora.engine_version")),
    Rule(
        batches_have_limited_lobs,
        (f"{_TASK}batch_apply", f"{_TASK}lob_mode", f"{_TASK}tables.*.lob"),
    ),
    Rule(stop_is_between_two_phases, (f"{_TASK}after_full_load", f"{_TASK}migration_type")),
)
