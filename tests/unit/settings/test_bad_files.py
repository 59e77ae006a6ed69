"""What is said of files that are wrong: every line in full."""

import re
from collections.abc import Mapping

import pytest

from settings.notation import toml
from tests.unit.settings.files import EXISTING_VPC, REMOVED, Changes, Folder

F = "environments/dev.toml: "
SECRET = "text given that may hold a secret and is not shown"
PERIODS = (
    "1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, "
    "3288 or 3653 days"
)
SOURCE_SETTINGS = (
    "host, port, database, cidr, further_cidrs, ssl_mode, ca_certificate_file, secret_arn, secret_kms_key_arn, "
    "plugin_name, slot_name, heartbeat, capture_ddls, ddl_artifacts_schema, execute_timeout_seconds, "
    "extra_attributes, accepted_publications"
)
AURORA_SETTINGS = (
    "engine_version, instance_class, serverless, reader_count, readers, port, client_cidrs, "
    "client_security_group_ids, "
    "database_name, master_username, master_password_version, backup_retention_days, backup_window, "
    "maintenance_window, apply_immediately, allow_major_version_upgrade, storage_type, log_statement, "
    "log_min_duration_statement_ms, parameters, instance_parameters, "
    "performance_insights_retention_days, database_insights_mode, monitoring_interval_seconds, "
    "log_retention_days, ca_certificate_identifier, engine_lifecycle_support, snapshot_identifier"
)
NAME = "lower-case letters, digits and single hyphens, {} at most, a letter first"
PLAIN_NAME = "lower-case letters, digits and _, 63 at most, neither a digit nor pg_ first"
PROVIDER_VERSION = "one exact version from 5.100.0 to below 7.0.0"
USER = "a letter, then letters, digits or _, 16 at most, not a reserved name"
DAILY = "hh:mm-hh:mm in UTC of at least 30 minutes"
WEEKLY = "ddd:hh:mm-ddd:hh:mm (mon to sun) in UTC of at least 30 minutes"

BAD_SETTINGS: Mapping[str, tuple[Changes, str]] = {
    # What can be wrong with any setting.
    "missing": (
        {"aws.region": REMOVED},
        (
            'aws.region: nothing given; needed: an AWS region\'s code; add region = "eu-central-1" to '
            "[aws]"
        ),
    ),
    "missing in a list": (
        {"dms.tasks.0.name": REMOVED},
        (
            f"dms.tasks[0].name: nothing given; needed: {NAME.format(26)}; "
            'add name = "orders" to [[dms.tasks]]'
        ),
    ),
    "missing section": (
        {"aurora": REMOVED},
        "aurora: nothing given; needed: a table; add [aurora] with instance_class, database_name",
    ),
    "missing section without needs": (
        {"network": REMOVED},
        "network: nothing given; needed: [network.vpc] or [network.existing_vpc]; add [network]",
    ),
    "unknown": (
        {"source.weather": "fine"},
        f"source.weather: no setting of this name; [source] takes {SOURCE_SETTINGS}; remove it",
    ),
    "unknown and like one": (
        {"aurora.backup_retention": 7},
        (
            "aurora.backup_retention: no setting of this name; [aurora] takes backup_retention_days; "
            "rename it to backup_retention_days, or remove it"
        ),
    ),
    "misspelt and therefore missing": (
        {"aws.region": REMOVED, "aws.regoin": "eu-central-1"},
        "aws.regoin: no setting of this name; [aws] takes region; rename it to region, or remove it",
    ),
    "unknown and like one of another meaning": (
        {"aurora.auto_minor_version_upgrade": True},
        (
            "aurora.auto_minor_version_upgrade: no setting of this name; [aurora] takes "
            f"{AURORA_SETTINGS}; remove it"
        ),
    ),
    "unknown section": (
        {"weather": {"sun": True}},
        (
            "weather: no setting of this name; the file takes aws, network, source, databases, aurora, "
            "protection, dms, cutover, alarms, tags, review; remove it"
        ),
    ),
    "the environment's name": (
        {"name": "dev"},
        (
            "name: no setting of this name; the file takes aws, network, source, databases, aurora, protection, "
            "dms, cutover, alarms, tags, review; remove it"
        ),
    ),
    "a name that needs quotes": (
        {"source.a b": 1},
        f'source."a b": no setting of this name; [source] takes {SOURCE_SETTINGS}; remove it',
    ),
    "a password": (
        {"source.password": "hunter2"},
        (
            f"source.password: no setting of this name; [source] takes {SOURCE_SETTINGS}; remove it: "
            "ferry secret source takes the source's credentials"
        ),
    ),
    "section that is none": (
        {"aws": 5},
        (
            "aws: 5 given; allowed: a table; "
            'set aws = { account_id = "111122223333", region = "eu-central-1" }'
        ),
    ),
    "section that is a list": (
        {"network": []},
        (
            "network: an empty list given; allowed: [network.vpc] or [network.existing_vpc]; "
            "set network = {}"
        ),
    ),
    "text for a number": (
        {"aurora.port": "5432"},
        'aurora.port: "5432" given; allowed: a whole number, 1150 to 65535; set port = 5432',
    ),
    "fraction for a whole number": (
        {"source.heartbeat.frequency_minutes": 5.5},
        (
            "source.heartbeat.frequency_minutes: 5.5 given; allowed: a whole number, 1 to 60 minutes; "
            "set frequency_minutes = 5"
        ),
    ),
    "boolean for a number": (
        {"aurora.reader_count": True},
        "aurora.reader_count: true given; allowed: a whole number, 0 to 15; set reader_count = 2",
    ),
    "number for text": (
        {"aws.account_id": 444455556666},
        (
            "aws.account_id: 444455556666 given; allowed: text in quotes, twelve digits; "
            'set account_id = "444455556666"'
        ),
    ),
    "table for text": (
        {"aws.region": {"name": "eu-central-1"}},
        (
            "aws.region: a table given; allowed: text in quotes, an AWS region's code; "
            'set region = "eu-central-1"'
        ),
    ),
    "text for a list": (
        {"alarms.emails": "on-call@example.org"},
        (
            'alarms.emails: "on-call@example.org" given; allowed: a list of 50 at most; '
            'set emails = ["on-call@example.org"]'
        ),
    ),
    "text for a list that would not take it": (
        {"source.further_cidrs": "192.168.12.0"},
        (
            'source.further_cidrs: "192.168.12.0" given; allowed: a list of 20 at most; '
            'set further_cidrs = ["192.168.0.0/16"]'
        ),
    ),
    "text for a list of two or more": (
        {"network.vpc.availability_zones": "eu-central-1c"},
        (
            'network.vpc.availability_zones: "eu-central-1c" given; allowed: a list of 2 to 4; '
            'set availability_zones = ["eu-central-1a", "eu-central-1b"]'
        ),
    ),
    "path without its slashes": (
        {"aws.role_path": "teams/databases"},
        (
            'aws.role_path: "teams/databases" given; allowed: slashes around words of letters, digits '
            'and _+=,.@-, such as /databases/; set role_path = "/teams/databases/"'
        ),
    ),
    "prefix without its slash": (
        {"aws.state_key_prefix": "/teams/databases"},
        (
            'aws.state_key_prefix: "/teams/databases" given; allowed: words of letters, digits and '
            "_.=-, each with a slash behind, such as databases/, none of them . or ..; "
            'set state_key_prefix = "teams/databases/"'
        ),
    ),
    "prefix that leads out": (
        {"aws.state_key_prefix": "../databases/"},
        (
            'aws.state_key_prefix: "../databases/" given; allowed: words of letters, digits and '
            "_.=-, each with a slash behind, such as databases/, none of them . or ..; "
            'set state_key_prefix = ""'
        ),
    ),
    "text for a table": (
        {"tags.extra": "team"},
        'tags.extra: "team" given; allowed: a table of 46 at most; set extra = { team = "payments" }',
    ),
    "too short a list": (
        {"network.vpc.availability_zones": ["eu-central-1a"]},
        (
            "network.vpc.availability_zones: a list of 1 given; allowed: a list of 2 to 4; "
            "add to availability_zones"
        ),
    ),
    "an empty list": (
        {"dms.tasks": []},
        "dms.tasks: an empty list given; allowed: a list of 1 to 50; add to tasks",
    ),
    "too long a list": (
        {"alarms.emails": [f"dba-{number}@example.org" for number in range(51)]},
        "alarms.emails: a list of 51 given; allowed: a list of 50 at most; remove some of emails",
    ),
    "an open list": (
        {
            "network": {"existing_vpc": {**EXISTING_VPC, "dms_subnet_ids": ["subnet-01234567"]}},
        },
        (
            "network.existing_vpc.dms_subnet_ids: a list of 1 given; allowed: a list of 2 or more; "
            "add to dms_subnet_ids"
        ),
    ),
    "item of a list": (
        {"alarms.emails": ["dba@example.org", "dba@example"]},
        (
            'alarms.emails[1]: "dba@example" given; allowed: an e-mail address such as '
            'dba@example.org; write "dba@example.org"'
        ),
    ),
    "key": (
        {"aurora.parameters": {"Work Mem": 3}},
        (
            'aurora.parameters: the key "Work Mem" given; allowed: a parameter\'s name in lower case; '
            "rename the key"
        ),
    ),
    "long text": (
        {"source.database": "a" * 64},
        (
            f'source.database: "{"a" * 59}... given; allowed: a name of 63 bytes at most, in one line; '
            'set database = "app"'
        ),
    ),
    "text of more bytes than letters": (
        {"databases": [{"source": "ü" * 32, "aurora": "app"}], "source.database": REMOVED},
        (
            f'databases[0].source: "{"ü" * 32}" given; allowed: a name of 63 bytes at most, in one '
            'line; set source = "app"'
        ),
    ),
    "web hook": (
        {"source.host": "https://hooks.example.com/services/T0/B0/x"},
        (
            f"source.host: {SECRET}; allowed: a host name or an IPv4 address, without scheme, user or "
            'port; set host = "postgres.example.org"'
        ),
    ),
    "address with its scheme": (
        {"source.host": "postgresql://db.example.org:5432/app"},
        (
            'source.host: "postgresql://db.example.org:5432/app" given; allowed: a host name or an '
            "IPv4 address, without scheme, user or port; "
            'set host = "db.example.org"'
        ),
    ),
    "user and password in a host": (
        {"source.host": "postgres://ferry:hunter2@db/app"},
        (
            f"source.host: {SECRET}; allowed: a host name or an IPv4 address, without scheme, user or "
            'port; set host = "postgres.example.org"'
        ),
    ),
    "password for a secret's ARN": (
        {"source.secret_arn": "hunter2"},
        (
            f"source.secret_arn: {SECRET}; allowed: a secret's full ARN, with the six characters that "
            "Secrets Manager adds; set secret_arn = "
            '"arn:aws:secretsmanager:eu-central-1:111122223333:secret:source-AbCdEf"'
        ),
    ),
    "password for its number": (
        {"aurora.master_password_version": "hunter2"},
        (
            f"aurora.master_password_version: {SECRET}; allowed: a whole number, 1 to 1000000; "
            "set master_password_version = 1"
        ),
    ),
    "cidr without prefix": (
        {"source.host": "db.example.org", "source.cidr": "192.168.10.0"},
        (
            'source.cidr: "192.168.10.0" given; allowed: an IPv4 network with its prefix length; '
            'set cidr = "192.168.10.0/32"'
        ),
    ),
    "Local Zone": (
        {"network.vpc.availability_zones": ["eu-central-1a", "eu-central-1-ham-1a"]},
        (
            'network.vpc.availability_zones[1]: "eu-central-1-ham-1a" given; allowed: an Availability '
            "Zone's name, not a Local Zone's; write \"eu-central-1a\""
        ),
    ),
    "key's alias": (
        {
            "source.secret_kms_key_arn": "arn:aws:kms:eu-central-1:111122223333:alias/mine",
        },
        (
            'source.secret_kms_key_arn: "arn:aws:kms:eu-central-1:111122223333:alias/mine" given; '
            "allowed: a KMS key's ARN, not an alias; set secret_kms_key_arn = "
            '"arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"'
        ),
    ),
    "parameter's value": (
        {"aurora.parameters.work_mem": [1]},
        (
            "aurora.parameters.work_mem.value: a list of 1 given; allowed: text in quotes, text that is "
            'not empty, 8192 characters at most; set value = "1"'
        ),
    ),
    **{
        f"extra settings {text[:12]}": (
            {"dms.tasks.0.extra_settings": text},
            (
                f"dms.tasks[0].extra_settings: {toml(text)} given; allowed: a JSON object of DMS's "
                'sections, such as {"TTSettings": {"EnableTT": true}}, with texts, whole numbers, true, '
                'false and null, each name once; set extra_settings = "{\\"TTSettings\\": {\\"EnableTT\\": true}}"'
            ),
        )
        for text in ("{", "[]", '{"a": [1]}', '{"a": {"b": 1.5}}', '{"a": NaN}', '{"c": 1, "c": 2}')
    },
    "extra settings that are torn, with a secret": (
        {"dms.tasks.0.extra_settings": '{"TTSettings": {"SecretKey": "hunter2"'},
        (
            "dms.tasks[0].extra_settings: text given that may hold a secret and is not shown; allowed: a "
            'JSON object of DMS\'s sections, such as {"TTSettings": {"EnableTT": true}}, with texts, whole '
            "numbers, true, false and null, each name once; "
            'set extra_settings = "{\\"TTSettings\\": {\\"EnableTT\\": true}}"'
        ),
    ),
    "attribute's value without quotes": (
        {"source.extra_attributes": {"trimSpaceInChar": False}},
        (
            "source.extra_attributes.trimSpaceInChar: false given; allowed: text in quotes, a value in "
            "one line without semicolons, which part attributes, 1000 characters at most; "
            'set trimSpaceInChar = "false"'
        ),
    ),
    "stop at a time that is none": (
        {"dms.tasks.0.cdc_stop_position": "commit_time:2027-02-30T06:00:00"},
        (
            'dms.tasks[0].cdc_stop_position: "commit_time:2027-02-30T06:00:00" given; allowed: a time in '
            "UTC such as commit_time:2027-02-15T06:00:00, or server_time:...; "
            'set cdc_stop_position = "commit_time:2027-02-15T06:00:00"'
        ),
    ),
    "attribute with a secret": (
        {"source.extra_attributes": {"Password": "hunter2"}},
        (
            'source.extra_attributes: the key "Password" given; allowed: an attribute that holds no '
            "secret: DMS reads its credentials from Secrets Manager; rename the key"
        ),
    ),
    "attribute that parts attributes": (
        {"dms.target.extra_attributes": {"loadUsingCSV": "true;password=x"}},
        (
            'dms.target.extra_attributes.loadUsingCSV: "true;password=x" given; allowed: a value in one '
            "line without semicolons, which part attributes, 1000 characters at most; "
            'set loadUsingCSV = "false"'
        ),
    ),
    "parameter's empty value": (
        {"aurora.parameters.work_mem": ""},
        (
            'aurora.parameters.work_mem.value: "" given; allowed: text that is not empty, 8192 '
            'characters at most; set value = "65536"'
        ),
    ),
    "parameter's value that is no number": (
        {"aurora.parameters.work_mem": float("nan")},
        (
            "aurora.parameters.work_mem: nan given; allowed: a number other than inf and nan, true, "
            "false or text; set work_mem = 65536"
        ),
    ),
    "parameter's endless value": (
        {"aurora.instance_parameters.work_mem": {"value": float("-inf")}},
        (
            "aurora.instance_parameters.work_mem: a table given; allowed: a number other than inf and "
            "nan, true, false or text; set work_mem = 65536"
        ),
    ),
    "not a number for a number": (
        {"aurora.port": float("inf")},
        "aurora.port: inf given; allowed: a whole number, 1150 to 65535; set port = 5432",
    ),
    "parameter's apply method": (
        {"aurora.parameters.work_mem": {"value": 1, "apply_method": "later"}},
        (
            'aurora.parameters.work_mem.apply_method: "later" given; allowed: immediate or '
            'pending-reboot; set apply_method = "pending-reboot"'
        ),
    ),
    "log component": (
        {"dms.tasks.0.log_severities": {"SOURCE": "LOGGER_SEVERITY_DEBUG"}},
        (
            'dms.tasks[0].log_severities: the key "SOURCE" given; allowed: ADDONS, COMMON, '
            "COMMUNICATION, DATA_STRUCTURE, FILE_FACTORY, FILE_TRANSFER, IO, METADATA_MANAGER, "
            "PERFORMANCE, REST_SERVER, SORTER, SOURCE_CAPTURE, SOURCE_UNLOAD, TABLES_MANAGER, "
            "TARGET_APPLY, TARGET_LOAD, TASK_MANAGER, TRANSFORMATION or VALIDATOR_EXT; "
            "rename the key"
        ),
    ),
    "log severity": (
        {"dms.tasks.0.log_severities": {"IO": "debug"}},
        (
            'dms.tasks[0].log_severities.IO: "debug" given; allowed: LOGGER_SEVERITY_ERROR, '
            "LOGGER_SEVERITY_WARNING, LOGGER_SEVERITY_INFO, LOGGER_SEVERITY_DEFAULT, "
            "LOGGER_SEVERITY_DEBUG or LOGGER_SEVERITY_DETAILED_DEBUG; "
            'set IO = "LOGGER_SEVERITY_ERROR"'
        ),
    ),
    "AWS's own tag": (
        {"tags.extra": {"aws:team": "payments"}},
        (
            'tags.extra: the key "aws:team" given; allowed: a key that does not start with aws:, which '
            "AWS keeps for itself; rename the key"
        ),
    ),
    "the project's own tag": (
        {"tags.extra": {"Environment": "dev"}},
        (
            'tags.extra: the key "Environment" given; allowed: a key other than project, environment, '
            "repository and name, which are set already; rename the key"
        ),
    ),
    "tag's key": (
        {"tags.extra": {"t,m": "payments"}},
        (
            'tags.extra: the key "t,m" given; allowed: 1 to 128 letters, digits, spaces and '
            "_.:/=+@-; rename the key"
        ),
    ),
    "tag's value": (
        {"tags.extra": {"team": "payments!"}},
        (
            'tags.extra.team: "payments!" given; allowed: up to 256 letters, digits, spaces and '
            '_.:/=+@-; set team = "payments"'
        ),
    ),
    "too many tags": (
        {"tags.extra": {f"tag-{number}": "x" for number in range(47)}},
        "tags.extra: a table given; allowed: a table of 46 at most; remove some of extra",
    ),
}


# setting, what is given, what is allowed, what to set it to
REFUSED = (
    ("aws.account_id", "1111-2222-3333", "twelve digits", "111122223333"),
    ("aws.region", "Frankfurt", "an AWS region's code", "eu-central-1"),
    ("aws.region", "us-iso-east-1", "a region of the partitions aws, aws-cn, aws-us-gov or aws-eusc", "eu-central-1"),
    ("aws.provider_version", "~> 5.100", PROVIDER_VERSION, "5.100.0"),
    ("aws.provider_version", "5.99.1", PROVIDER_VERSION, "5.100.0"),
    ("aws.provider_version", "6.45.0", "one exact version from 5.100.0 to below 7.0.0, but none from 6.45.0 to below 6.50.0", "6.50.0"),
    ("aws.provider_version", "7.0.0", PROVIDER_VERSION, "5.100.0"),
    ("aws.permissions_boundary_arn", "aurora-ferry-boundary", "the ARN of a managed policy of the account's own", "arn:aws:iam::111122223333:policy/aurora-ferry-boundary"),
    ("network.vpc.cidr", "10.20.0.1/20", "the network's own address, not a host's", "10.20.0.0/20"),
    ("source.cidr", "here", "an IPv4 network such as 10.20.0.0/16", "192.168.0.0/16"),
    ("network.vpc.cidr", "10.0.0.0/8", "/16 to /27 inside a private range", "10.0.0.0/16"),
    ("network.vpc.cidr", "10.20.0.0/28", "/16 to /27 inside a private range: Aurora needs subnets in two zones, and AWS's smallest is a /28", "10.20.0.0/27"),
    ("network.vpc.cidr", "8.8.0.0/16", "/16 to /27 inside a private range (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10)", "10.20.0.0/16"),
    ("network.vpc.zone_count", 5, "2 to 4", 3),
    ("network.vpc.nat", True, "none, single or one-per-zone", "none"),
    ("network.vpc.flow_log_retention_days", 31, PERIODS, 30),
    ("network.route_to_source.transit_gateway_id", "vgw-0123456789abcdef0", "tgw- and 8 or 17 hexadecimal digits", "tgw-0123456789abcdef0"),
    *(
        ("source.host", host, "a host name, or an IPv4 address of four numbers from 0 to 255 without zeros before them", "postgres.example.org")
        for host in ("10.01.2.3", "10.256.0.1", "10.2.3", "0xA.2.3.4")
    ),
    ("source.host", "localhost", "a host that DMS reaches: not its own machine, and no address of a special use", "postgres.example.org"),
    ("source.port", 0, "1 to 65535", 5432),
    ("source.ssl_mode", "prefer", "none, require, verify-ca or verify-full", "verify-full"),
    ("source.heartbeat.schema", "Public", PLAIN_NAME, "public"),
    ("dms.tasks.0.control_schema", "pg_dms", PLAIN_NAME, "awsdms_control"),
    ("aurora.engine_version", "9.6", "a major and a minor version such as 15.8, or the major one alone", "15.8"),
    ("aurora.instance_class", "db.serverless.v2", "an instance class such as db.r6g.large, or db.serverless", "db.r6g.large"),
    ("aurora.port", 80, "1150 to 65535", 5432),
    ("aurora.reader_count", 16, "0 to 15", 2),
    ("aurora.apply_immediately", "yes", "true or false", True),
    ("aurora.backup_retention_days", 0, "1 to 35 days", 7),
    ("aurora.backup_retention_days", 36, "1 to 35 days", 7),
    ("aurora.storage_type", "gp3", "aurora or aurora-iopt1", "aurora"),
    ("aurora.database_name", "db", "a letter or digit, then letters, digits or _, 63 at most, not a reserved name", "app"),
    ("aurora.master_username", "admin", USER, "ferry_admin"),
    ("aurora.master_username", "rds_owner", USER, "ferry_admin"),
    ("aurora.master_username", "a" * 17, USER, "ferry_admin"),
    ("aurora.backup_window", "1:00-2:00", DAILY, "01:00-02:00"),
    ("aurora.backup_window", "01:00-01:29", DAILY, "01:00-02:00"),
    ("aurora.maintenance_window", "sunday 03:00", WEEKLY, "sun:03:00-sun:04:00"),
    ("dms.maintenance_window", "sun:23:50-mon:00:19", WEEKLY, "sun:05:00-sun:06:00"),
    ("aurora.log_min_duration_statement_ms", -2, "-1 to 2147483647 milliseconds", 1000),
    ("aurora.performance_insights_retention_days", 90, "7 or 731 days, or 31 days times 1 to 23", 93),
    ("aurora.monitoring_interval_seconds", 20, "0, 1, 5, 10, 15, 30 or 60 seconds", 60),
    ("aurora.snapshot_identifier", "last week's", "a snapshot's name or ARN", "aurora-ferry-before"),
    ("aurora.ca_certificate_identifier", "letsencrypt", "an RDS certificate authority such as rds-ca-rsa2048-g1", "rds-ca-rsa2048-g1"),
    ("aurora.ca_certificate_identifier", "rds-ca-2019", "an authority other than rds-ca-2019, which ended in 2024", "rds-ca-rsa2048-g1"),
    ("aurora.ca_certificate_identifier", "rds-ca-2015", "an authority other than rds-ca-2015, which ended in 2020", "rds-ca-rsa2048-g1"),
    ("protection.secret_recovery_window_days", 6, "0 (deleted at once) or 7 to 30 days", 30),
    ("protection.kms_deletion_window_days", 31, "7 to 30 days", 30),
    ("dms.engine_version", "3.5", "a DMS engine version such as 3.5.4", "3.5.4"),
    ("dms.instance_class", "db.r6g.large", "a replication instance class such as dms.c5.2xlarge", "dms.c5.2xlarge"),
    ("dms.allocated_storage_gib", 7000, "5 to 6144 GiB", 100),
    ("dms.target.after_connect_script", "SET a = 1; SET b = 2", "one SQL statement in one line, without tabs and semicolons, 2000 characters at most", "SET session_replication_role='replica'"),
    ("dms.target.after_connect_script", "SET a\t= 1", "one SQL statement in one line, without tabs and semicolons, 2000 characters at most", "SET session_replication_role='replica'"),
    ("dms.tasks.0.name", "Orders", NAME.format(26), "orders"),
    ("dms.tasks.0.name", "rds-orders", "a name that does not begin with rds, which RDS keeps for its own replication slots", "orders"),
    ("dms.tasks.0.migration_type", "all", "full-load, cdc or full-load-and-cdc", "full-load-and-cdc"),
    ("dms.tasks.0.tables.0.schema", "", "a name of up to 127 characters, in which % stands for any, _ for any one", "public"),
    ("dms.tasks.0.lob_max_size_kb", 0, "1 to 102400 KB", 32),
    ("alarms.aurora_cpu_percent", 101, "1 to 100 percent", 80),
    ("tags.project", "aurora-ferry-of-the-payments-team", NAME.format(20), "aurora-ferry"),
    ("tags.project", "sg", "a name that begins neither with rds nor with sg-, which AWS keeps for itself", "aurora-ferry"),
    ("tags.project", "rds-ferry", "a name that begins neither with rds nor with sg-, which AWS keeps for itself", "aurora-ferry"),
    ("tags.repository", "ferry@home now", "a repository such as github.com/owner/repo, 256 characters at most", "github.com/owner/repo"),
)  # fmt: skip


@pytest.mark.parametrize(("setting", "value", "allowed", "instead"), REFUSED)
def test_a_refused_value_is_one_line(
    setting: str, value: object, allowed: str, instead: object, folder: Folder
) -> None:
    folder.write("dev.toml", {setting: value})

    place = re.sub(r"\.(\d+)", r"[\1]", setting)
    name = setting.rpartition(".")[2]
    assert folder.lines() == [
        f"{F}{place}: {toml(value)} given; allowed: {allowed}; set {name} = {toml(instead)}"
    ]


@pytest.mark.parametrize(("changes", "line"), BAD_SETTINGS.values(), ids=BAD_SETTINGS)
def test_a_bad_setting_is_one_line(changes: Changes, line: str, folder: Folder) -> None:
    folder.write("dev.toml", changes)

    assert folder.lines() == [F + line]
