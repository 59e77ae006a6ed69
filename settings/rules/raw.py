"""Rules about what goes to DMS as it is written: raw settings and attributes, positions."""

import json
from collections.abc import Iterator
from typing import Final

from facts.dms import (
    CONNECTION_ATTRIBUTES,
    ENDPOINT_ATTRIBUTES,
    REFUSED_TASK_SETTINGS,
    TASK_SETTINGS,
)
from settings.environment import Environment
from settings.fields import names_a_secret
from settings.notation import toml
from settings.rules.rule import Finding, Rule


def extra_settings_leave_others_alone(environment: Environment) -> Iterator[Finding]:
    """What is set anyway is not set a second time, nor what the provider refuses.

    Whether DMS takes its names in other letters, nobody says; so they count in any.
    """
    for index, task in enumerate(environment.tasks):
        for section, settings in json.loads(task.extra_settings or "{}").items():
            known = _SET.get(section.lower(), frozenset())
            spelt = _SECTIONS.get(section.lower(), section)
            if spelt != section:
                yield Finding(
                    setting=f"dms.tasks[{index}].extra_settings",
                    given=f"{section} given, which DMS calls {spelt}",
                    allowed="DMS's own names",
                    mend=f"write {spelt}",
                )
            if known and not isinstance(settings, dict):
                yield Finding(
                    setting=f"dms.tasks[{index}].extra_settings",
                    given=f"{section} given, which is no object",
                    allowed=f"an object of settings of {section}",
                    mend="write it as an object, or remove it",
                )
            for name in settings if isinstance(settings, dict) else ():
                refused = section.lower() == "logging" and name.lower() in _REFUSED
                if name.lower() in known or refused:
                    yield Finding(
                        setting=f"dms.tasks[{index}].extra_settings",
                        given=f"{section}.{name} given, which "
                        + ("the provider refuses" if refused else "is set here anyway"),
                        allowed="settings that nothing else sets",
                        mend=_instead(SAID_BY_TASKS.get(name.lower()), "task"),
                    )


def extra_settings_hold_no_secret(environment: Environment) -> Iterator[Finding]:
    """What a setting holds stands in the file, the plan and the state; the line shows its name alone."""
    for index, task in enumerate(environment.tasks):
        for name in filter(names_a_secret, _names(json.loads(task.extra_settings or "{}"))):
            yield Finding(
                setting=f"dms.tasks[{index}].extra_settings",
                given=f"{name} given",
                allowed="settings that hold no secret",
                mend="remove it: DMS reads its credentials from Secrets Manager",
            )


def _names(settings: object) -> Iterator[str]:
    for name, value in settings.items() if isinstance(settings, dict) else ():
        yield name
        yield from _names(value)


def extra_attributes_leave_others_alone(environment: Environment) -> Iterator[Finding]:
    """The same of an endpoint's attributes, whose names DMS takes in small and large letters."""
    source, dms = environment.source, environment.dms
    places = {
        "source": ("source.extra_attributes", source.extra_attributes if source else {}),
        "target": ("dms.target.extra_attributes", dms.target.extra_attributes if dms else {}),
    }
    for end, (setting, attributes) in places.items():
        known = {name.lower() for name in ENDPOINT_ATTRIBUTES[end] | CONNECTION_ATTRIBUTES}
        seen: set[str] = set()
        for name in attributes:
            if name.lower() in known | seen:
                twice = name.lower() in seen
                yield Finding(
                    setting=f"{setting}.{name}",
                    given="given twice, in other letters"
                    if twice
                    else "given, which is set anyway",
                    allowed="attributes that nothing else sets",
                    mend="remove one of them"
                    if twice
                    else _instead(SAID_BY_ENDPOINTS[end].get(name.lower()), "endpoint"),
                )
            seen.add(name.lower())


def _instead(setting: str | None, what: str) -> str:
    """What to do about something that is set anyway, of tasks or of endpoints."""
    if setting is None:
        return f"remove it: it is the same for every {what}"
    return f"remove it, and set {setting}"


def positions_have_their_slot(environment: Environment) -> Iterator[Finding]:
    """A position is one of a slot that is there, and read by a task that loads nothing before.

    Source: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html
    """
    source = environment.source
    for index, task in enumerate(environment.tasks):
        setting = f"dms.tasks[{index}].cdc_start_position"
        if task.cdc_start_position and task.migration_type != "cdc":
            yield Finding(
                setting=setting,
                given=f"{toml(task.cdc_start_position)} given with migration_type = "
                f"{toml(task.migration_type)}",
                allowed='a position with migration_type = "cdc"',
                mend='set migration_type = "cdc", or remove cdc_start_position',
            )
        if task.cdc_start_position and source and not source.slot_name:
            yield Finding(
                setting=setting,
                given=f"{toml(task.cdc_start_position)} given without source.slot_name",
                allowed="a position of a slot that exists",
                mend="add slot_name to [source], or remove cdc_start_position",
            )
        if task.cdc_stop_position and task.migration_type == "full-load":
            yield Finding(
                setting=f"dms.tasks[{index}].cdc_stop_position",
                given=f'{toml(task.cdc_stop_position)} given with migration_type = "full-load"',
                allowed="an end of tasks that read changes",
                mend="remove cdc_stop_position",
            )


SAID_BY_TASKS: Final = {
    "batchapplyenabled": "batch_apply",
    "commitrate": "commit_rate",
    "controlschema": "control_schema",
    "enablevalidation": "validation.enabled",
    "failuremaxcount": "validation.failure_max_count",
    "fulllobmode": "lob_mode",
    "inlinelobmaxsize": "lob_max_size_kb",
    "limitedsizelobmode": "lob_mode",
    "lobmaxsize": "lob_max_size_kb",
    "logcomponents": "log_severities",
    "maxfullloadsubtasks": "full_load_sub_tasks",
    "skiplobcolumns": "validation.skip_lob_columns",
    "stoptaskcachedchangesapplied": "after_full_load",
    "stoptaskcachedchangesnotapplied": "after_full_load",
    "tablefailuremaxcount": "validation.table_failure_max_count",
    "targettableprepmode": "target_table_preparation_mode",
    "threadcount": "validation.thread_count",
}
"""The settings of a task that say what DMS calls so, in small letters. What is missing here is the same
for every task."""

_OF_BOTH_ENDS: Final = {
    "mapunboundednumericasstring": "dms.map_unbounded_numeric_as_string",
}
SAID_BY_ENDPOINTS: Final = {
    "source": {
        **_OF_BOTH_ENDS,
        "captureddls": "source.capture_ddls",
        "databasename": "source.database",
        "ddlartifactsschema": "source.ddl_artifacts_schema",
        "executetimeout": "source.execute_timeout_seconds",
        "heartbeatenable": "source.heartbeat.enabled",
        "heartbeatfrequency": "source.heartbeat.frequency_minutes",
        "heartbeatschema": "source.heartbeat.schema",
        "pluginname": "source.plugin_name",
        "port": "source.port",
        "servername": "source.host",
        "slotname": "source.slot_name",
        "sslmode": "source.ssl_mode",
    },
    "target": {
        **_OF_BOTH_ENDS,
        "afterconnectscript": "dms.target.after_connect_script",
        "databasename": "aurora.database_name",
        "executetimeout": "dms.target.execute_timeout_seconds",
        "port": "aurora.port",
    },
}
"""The same of an endpoint's attributes, as paths in the file."""

_SECTIONS: Final = {section.lower(): section for section in TASK_SETTINGS}
_SET: Final = {
    section.lower(): frozenset(map(str.lower, names)) for section, names in TASK_SETTINGS.items()
}
_REFUSED: Final = frozenset(map(str.lower, REFUSED_TASK_SETTINGS))
_TASK: Final = "dms.tasks.*."

RULES = (
    Rule(extra_settings_leave_others_alone, (f"{_TASK}extra_settings",)),
    Rule(extra_settings_hold_no_secret, (f"{_TASK}extra_settings",)),
    Rule(
        extra_attributes_leave_others_alone,
        ("source.extra_attributes", "dms.target.extra_attributes"),
    ),
    Rule(
        positions_have_their_slot,
        (
            *(f"{_TASK}cdc_start_position", f"{_TASK}cdc_stop_position"),
            *(f"{_TASK}migration_type", "source.slot_name"),
        ),
    ),
)
