"""Rules about one environment: each with a file that keeps it and one that breaks it."""

from dataclasses import dataclass
from typing import Any

import pytest

from settings.dms import Task
from settings.environment import Environment, EnvironmentFile
from settings.reading.loading import load_environments
from settings.reading.shape import find
from settings.rules import WITHIN
from settings.rules.raw import SAID_BY_ENDPOINTS, SAID_BY_TASKS
from settings.rules.rule import Rule
from tests.unit.settings.files import EXISTING_VPC, REMOVED, RIGHT, Changes, Folder, document
from tests.unit.settings.recorder import Recorder

TGW = "tgw-0123456789abcdef0"
VGW = "vgw-0123456789abcdef0"
RTB = "rtb-0123456789abcdef0"
SG = "sg-0123456789abcdef0"
SECRET = "arn:aws:secretsmanager:{}:111122223333:secret:source-AbCdEf"
KEY = "arn:aws:kms:{}:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
RDS = "arn:aws:rds:eu-central-1:111122223333"
TASK = "dms.tasks.0"
TABLE = f"{TASK}.tables.0"
FERRYS = (
    "allowed: another schema: ferry keeps its own tables there, and each task carries its marker by "
    "itself"
)
MARKER = "ferry.fence_all, ferry's marker of the task"
WHOLE = "allowed: tables that are not ferry's: it is carried whole, as it is"
SAME = "allowed: transformations that do not: it has the same name and columns at both ends"
BY_NAME = 'write the schema by its name, such as schema = "public"'
WAYS = "transit_gateway_id, virtual_private_gateway_id, peering"


def existing(**changes: object) -> dict[str, Any]:
    """A network in a VPC that exists."""
    return {"existing_vpc": {**EXISTING_VPC, **changes}}


def rows(*conditions: dict[str, str]) -> Changes:
    """A task whose table's rows are chosen."""
    filters = [{"column": "id", "conditions": list(conditions)}]
    return {f"{TABLE}.table": "orders", f"{TABLE}.filters": filters}


def transformation(**changes: object) -> Changes:
    """A task with one transformation of a column."""
    rule = {"target": "column", "action": "remove-column", "schema": "public", "column": "total"}
    kept = {key: value for key, value in {**rule, **changes}.items() if value is not REMOVED}
    return {f"{TASK}.transformations": [kept]}


def renames(*tables: str) -> Changes:
    """A task that renames tables by patterns."""
    rule = {"target": "table", "action": "add-prefix", "schema": "a", "value": "x"}
    return {f"{TASK}.transformations": [{**rule, "table": table} for table in tables]}


def several(*names: str, **changes: object) -> dict[str, Any]:
    """A file of the databases app and others, called alike at the source, each with a task."""
    return {
        "source.database": REMOVED,
        "databases": [{"source": name, "aurora": name} for name in ("app", *names)],
        "dms.tasks": [
            {"name": f"all-{number}", "database": name, "tables": [{"schema": "public"}]}
            for number, name in enumerate(("app", *names))
        ],
        **changes,
    }


SERVERLESS: Changes = {
    "aurora.instance_class": "db.serverless",
    "aurora.serverless": {"min_acu": 0.5, "max_acu": 16},
}
"""A cluster of serverless instances."""

ALONE: Changes = {"source": REMOVED, "dms": REMOVED}
"""Aurora without a migration."""

DONE = {
    "dms.tasks": [{"name": "crm", "database": "crm", "tables": [{"schema": "public"}]}],
}
"""The tasks of several("crm"), when the first database needs none any more."""


@dataclass(frozen=True)
class Case:
    """A rule, a file that keeps it, one that breaks it, and the line of that."""

    rule: str
    keeps: Changes
    breaks: Changes
    line: str


CASES = (
    Case(
        "regions_are_open",
        {"aws": {**RIGHT["aws"], "region": "us-east-7", "newer_region": True}},
        {"aws.region": "us-east-7"},
        'aws.region: "us-east-7" given, which was none of AWS\'s regions in November 2026; allowed: '
        'us-east-1, us-east-2, us-west-1 or us-west-2; set region = "us-east-1", or newer_region = true '
        "in [aws] where AWS has opened it since",
    ),
    Case(
        "regions_are_open",
        {"aws.region": "eusc-de-east-1", "aws.state_region": "eusc-de-east-1"},
        {"aws.region": "cn-north-1", "aws.state_region": "cn-north-2"},
        'aws.state_region: "cn-north-2" given, which was none of AWS\'s regions in November 2026; '
        'allowed: cn-north-1 or cn-northwest-1; set state_region = "cn-north-1", or newer_region = true '
        "in [aws] where AWS has opened it since",
    ),
    Case(
        "regions_are_open",
        {"network.route_to_source.peering": {"vpc_id": "vpc-01234567", "region": "eu-west-3"}},
        {"network.route_to_source.peering": {"vpc_id": "vpc-01234567", "region": "eu-west-4"}},
        'network.route_to_source.peering.region: "eu-west-4" given, which was none of AWS\'s regions in '
        "November 2026; allowed: eu-central-1, eu-central-2, eu-north-1, eu-south-1, eu-south-2, "
        'eu-west-1, eu-west-2 or eu-west-3; set region = "eu-west-1", or newer_region = true in [aws] '
        "where AWS has opened it since",
    ),
    Case(
        "one_vpc",
        {"network": existing()},
        {"network": {"vpc": {"cidr": "10.20.0.0/20"}, **existing()}},
        "network: [network.vpc] and [network.existing_vpc] given; allowed: one of them; "
        "remove [network.vpc] to use the existing VPC, or [network.existing_vpc]",
    ),
    Case(
        "one_vpc",
        {},
        {"network": {}},
        "network: neither [network.vpc] nor [network.existing_vpc] given; allowed: one of them; "
        'add [network.vpc] with cidr = "10.20.0.0/16"',
    ),
    Case(
        "source_and_dms_belong_together",
        {"source": REMOVED, "dms": REMOVED},
        {"source": REMOVED},
        "source: nothing given beside [dms]; allowed: [source] and [dms], or neither of them for "
        "Aurora alone; add [source] with host, database, cidr, or remove all that is in [dms]",
    ),
    Case(
        "source_and_dms_belong_together",
        {},
        {"dms": REMOVED},
        "dms: nothing given beside [source]; allowed: [source] and [dms], or neither of them for "
        "Aurora alone; add [[dms.tasks]] with name, tables, or remove all that is in [source]",
    ),
    Case(
        "source_is_reached",
        {},
        {"network.vpc.route_made_elsewhere": False},
        'network: no way from the new VPC to source.cidr = "192.168.10.0/24" given; allowed: '
        "[network.route_to_source], NAT for a source on the internet, or a way that somebody else "
        'makes; add [network.route_to_source], or nat = "single" or route_made_elsewhere = true to '
        "[network.vpc]",
    ),
    Case(
        "source_is_reached",
        {"network.vpc": {"cidr": "10.20.0.0/20", "nat": "single"}},
        {"network.vpc": {"cidr": "10.20.0.0/20"}},
        'network: no way from the new VPC to source.cidr = "192.168.10.0/24" given; allowed: '
        "[network.route_to_source], NAT for a source on the internet, or a way that somebody else "
        'makes; add [network.route_to_source], or nat = "single" or route_made_elsewhere = true to '
        "[network.vpc]",
    ),
    Case(
        "databases_are_carried",
        {"source": REMOVED, "dms": REMOVED},
        {"source": REMOVED, "dms": REMOVED, "databases": [{"source": "app", "aurora": "app"}]},
        "databases: [[databases]] given without [source] and [dms]; allowed: [[databases]] of a "
        "migration; remove all that is in [[databases]]: nothing is carried, and Aurora keeps what "
        "it has",
    ),
    Case(
        "source_names_its_databases_once",
        several("crm"),
        {"databases": [{"source": "app", "aurora": "app"}]},
        'source.database: "app" given beside [[databases]]; allowed: one of the two; remove it, and '
        "see that [[databases]] has it",
    ),
    Case(
        "source_names_its_databases_once",
        several(),
        {"source.database": REMOVED},
        "source.database: nothing given, and no [[databases]]; allowed: the database's name, or "
        '[[databases]] where several are carried; add database = "app"',
    ),
    Case(
        "database_names_differ",
        several("crm", "Crm_2"),
        several("crm", **{"databases.1.source": "app"}),
        'databases[1].source: "app" given again; allowed: each database of the source once; remove '
        "one of the two, or correct its name",
    ),
    Case(
        "database_names_differ",
        several("crm", **{"databases.1.source": "App"}),
        several("crm", "erp", **{"databases.2": {"source": "erp", "aurora": "crm"}})
        | {"dms.tasks.2": {"name": "b", "database": "crm", "tables": [{"schema": "b"}]}},
        'databases[2].aurora: "crm" given again; allowed: a database in Aurora for each of the '
        "source's; give one of the two another name in Aurora",
    ),
    Case(
        "database_names_differ",
        several("App"),
        several("crm_eu", "CRM__eu_"),
        'databases[2].aurora: "CRM__eu_" given beside "crm_eu", and DMS\'s identifiers write both as '
        "crm-eu; allowed: names that differ in more than case and underscores; give one of the two "
        "another name in Aurora",
    ),
    Case(
        "cluster_is_made_with_one",
        several("crm", **{"aurora.database_name": "crm"}),
        several("crm", **{"aurora.database_name": "erp"}),
        'aurora.database_name: "erp" given, which none of [[databases]] is in Aurora; allowed: the '
        "name in Aurora of one of [[databases]]; add it to [[databases]], where it needs no task; only "
        "before the first deployment may database_name be changed: later that replaces the cluster",
    ),
    Case(
        "tasks_name_their_database",
        {f"{TASK}.database": "app"},
        {f"{TASK}.database": "App"},
        'dms.tasks[0].database: "App" given, which no database is called in Aurora; allowed: a '
        'database that is carried, by its name in Aurora; set database = "app"',
    ),
    Case(
        "tasks_name_their_database",
        several(**{"dms.tasks": [{"name": "all", "tables": [{"schema": "public"}]}]}),
        several("crm", **{"dms.tasks": [{"name": "all", "tables": [{"schema": "public"}]}]}),
        "dms.tasks[0].database: nothing given where [[databases]] has several; allowed: a database "
        'that is carried, by its name in Aurora; set database = "app", or another of them',
    ),
    Case(
        "tasks_name_their_database",
        several("crm"),
        several(
            "crm",
            "erp",
            **{"dms.tasks.2": {"name": "b", "database": "crm", "tables": [{"schema": "b"}]}},
        ),
        'databases[2].aurora: "erp" given, and no task carries it; allowed: databases that a task '
        'carries; add database = "erp" to a task, or remove the database',
    ),
    Case(
        "tasks_name_their_database",
        {**several("crm"), **DONE},
        {**several("crm"), **DONE, "aurora.database_name": "crm"},
        'databases[0].aurora: "app" given, and no task carries it; allowed: databases that a task '
        'carries; add database = "app" to a task, or remove the database',
    ),
    Case(
        "route_leads_somewhere",
        {
            "source": REMOVED,
            "dms": REMOVED,
            "network.route_to_source": {"transit_gateway_id": TGW, "cidrs": ["172.16.0.0/16"]},
        },
        {
            "source": REMOVED,
            "dms": REMOVED,
            "network.route_to_source.transit_gateway_id": TGW,
        },
        "network.route_to_source.cidrs: nothing given without [source]; allowed: the networks that "
        'the route leads to; add cidrs = ["172.16.0.0/16"] where applications there use Aurora, or '
        "remove [network.route_to_source]",
    ),
    Case(
        "route_leads_somewhere",
        {
            "source": REMOVED,
            "dms": REMOVED,
            "network.route_to_source.virtual_private_gateway_id": VGW,
        },
        {
            "network.route_to_source": {
                "virtual_private_gateway_id": VGW,
                "cidrs": ["192.168.0.0/16"],
            }
        },
        'network.route_to_source.cidrs: ["192.168.0.0/16"] given with virtual_private_gateway_id; '
        "allowed: networks with transit_gateway_id or peering; remove cidrs: the gateway propagates "
        "its routes",
    ),
    Case(
        "route_leads_somewhere",
        {
            "network.route_to_source": {
                "transit_gateway_id": TGW,
                "cidrs": ["172.16.0.0/16", "192.168.0.0/16"],
            }
        },
        {"network.route_to_source": {"transit_gateway_id": TGW, "cidrs": ["172.16.0.0/16"]}},
        'network.route_to_source.cidrs: ["172.16.0.0/16"] given, without '
        '"192.168.10.0/24" of source.cidr; allowed: networks that hold all of the source\'s; add '
        '"192.168.10.0/24", or remove cidrs',
    ),
    Case(
        "route_leads_somewhere",
        {
            "source.further_cidrs": ["10.8.0.0/16"],
            "network.route_to_source": {
                "transit_gateway_id": TGW,
                "cidrs": ["10.8.0.0/14", "192.168.0.0/16"],
            },
        },
        {
            "source.further_cidrs": ["10.8.0.0/16"],
            "network.route_to_source": {"transit_gateway_id": TGW, "cidrs": ["192.168.0.0/16"]},
        },
        'network.route_to_source.cidrs: ["192.168.0.0/16"] given, without "10.8.0.0/16" of '
        "source.further_cidrs; allowed: networks that hold all of the source's; add "
        '"10.8.0.0/16", or remove cidrs',
    ),
    Case(
        "route_leads_somewhere",
        {},
        {
            "network.route_to_source": {
                "transit_gateway_id": TGW,
                "cidrs": ["192.168.10.0/24", "192.168.10.0/24"],
            }
        },
        'network.route_to_source.cidrs: "192.168.10.0/24" given 2 times; allowed: each once; remove '
        "it where it is repeated",
    ),
    Case(
        "routes_lead_out_of_the_vpc",
        {"network.route_to_source": {"transit_gateway_id": TGW, "cidrs": ["192.168.0.0/16"]}},
        {
            "network.route_to_source": {
                "transit_gateway_id": TGW,
                "cidrs": ["192.168.0.0/16", "10.0.0.0/8"],
            }
        },
        'network.route_to_source.cidrs[1]: "10.0.0.0/8" given, which overlaps network.vpc.cidr = '
        '"10.20.0.0/20"; allowed: networks outside of the VPC; correct it, or give the VPC another '
        "network",
    ),
    Case(
        "one_way_to_the_source",
        {"network.route_to_source.transit_gateway_id": TGW},
        {"network.route_to_source": {"transit_gateway_id": TGW, "virtual_private_gateway_id": VGW}},
        "network.route_to_source: transit_gateway_id and virtual_private_gateway_id given; "
        f"allowed: exactly one of {WAYS}; keep one",
    ),
    Case(
        "one_way_to_the_source",
        {"network.route_to_source.peering.vpc_id": "vpc-01234567"},
        {"network.route_to_source": {}},
        "network.route_to_source: none of the three ways given; "
        f"allowed: exactly one of {WAYS}; add one, or remove [network.route_to_source]",
    ),
    Case(
        "source_is_outside_the_vpc",
        {"source.host": "db.example.org", "source.cidr": "0.0.0.0/0", "network.vpc.nat": "single"},
        {"source.host": "db.example.org", "source.cidr": "0.0.0.0/0"},
        'source.cidr: "0.0.0.0/0" given with network.vpc.nat = "none"; allowed: the whole internet '
        'with NAT, for a source without addresses of its own; set nat = "single" in [network.vpc], '
        "or cidr to the source's network",
    ),
    Case(
        "source_is_outside_the_vpc",
        {"source.host": "db", "source.cidr": "10.20.16.0/20"},
        {"source.host": "db", "source.cidr": "10.0.0.0/8"},
        'network.vpc.cidr: "10.20.0.0/20" given, which overlaps "10.0.0.0/8" of source.cidr; allowed: '
        "a network that does not overlap the source's, or one that holds it where it is at an "
        "endpoint in the VPC; give the VPC another network, or set route_made_elsewhere = true in "
        "[network.vpc] for such an endpoint",
    ),
    Case(
        "source_is_outside_the_vpc",
        {"source.host": "db", "source.further_cidrs": ["10.20.16.0/20"]},
        {"source.host": "db", "source.further_cidrs": ["10.0.0.0/8"]},
        'network.vpc.cidr: "10.20.0.0/20" given, which overlaps "10.0.0.0/8" of '
        "source.further_cidrs; allowed: a network that does not overlap the source's, or one that "
        "holds it where it is at an endpoint in the VPC; give the VPC another network, or set "
        "route_made_elsewhere = true in [network.vpc] for such an endpoint",
    ),
    Case(
        # An interface endpoint of PrivateLink, made in the VPC's subnets by somebody else.
        "source_is_outside_the_vpc",
        {"source.host": "db", "source.cidr": "10.20.15.0/24"},
        {
            "source.host": "db",
            "source.cidr": "10.20.15.0/24",
            "network.vpc": {"cidr": "10.20.0.0/20", "nat": "single"},
        },
        'network.vpc.cidr: "10.20.0.0/20" given, which overlaps "10.20.15.0/24" of source.cidr; '
        "allowed: a network that does not overlap the source's, or one that holds it where it is at "
        "an endpoint in the VPC; give the VPC another network, or set route_made_elsewhere = true in "
        "[network.vpc] for such an endpoint",
    ),
    Case(
        "subnets_fit_into_the_vpc",
        {"network.vpc.cidr": "10.20.0.0/27", "network.vpc.zone_count": 2},
        {"network.vpc.cidr": "10.20.0.0/27"},
        'network.vpc.zone_count: 3 zones given with cidr = "10.20.0.0/27"; allowed: 2 zones, for '
        "whose subnets there is room; set zone_count = 2, or give the VPC a larger network",
    ),
    Case(
        "subnets_fit_into_the_vpc",
        {"network.vpc.cidr": "10.20.0.0/25"},
        {"network.vpc.cidr": "10.20.0.0/26"},
        'network.vpc.zone_count: 3 zones given with cidr = "10.20.0.0/26"; allowed: 2 zones, for '
        "whose subnets there is room; set zone_count = 2, or give the VPC a larger network",
    ),
    Case(
        "subnets_fit_into_the_vpc",
        {"network.vpc.cidr": "10.20.0.0/26", "network.vpc.zone_count": 2},
        {
            "network.vpc.cidr": "10.20.0.0/26",
            "network.vpc.availability_zones": ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
        },
        'network.vpc.availability_zones: 3 zones given with cidr = "10.20.0.0/26"; allowed: 2 zones, '
        "for whose subnets there is room; name 2, or give the VPC a larger network",
    ),
    Case(
        "subnets_fit_into_the_vpc",
        {"network.vpc.cidr": "10.20.0.0/25", "network.vpc.nat": "single"},
        {"network.vpc.cidr": "10.20.0.0/25", "network.vpc.nat": "one-per-zone"},
        'network.vpc.nat: "one-per-zone" given with cidr = "10.20.0.0/25"; allowed: NAT in 2 zones, '
        'for whose public subnets there is room; set nat = "single", or give the VPC a larger network',
    ),
    Case(
        "subnets_fit_into_the_vpc",
        {"network.vpc.cidr": "10.20.0.0/26", "network.vpc.zone_count": 2},
        {
            "network.vpc.cidr": "10.20.0.0/26",
            "network.vpc.zone_count": 2,
            "network.vpc.nat": "single",
        },
        'network.vpc.nat: "single" given with cidr = "10.20.0.0/26"; allowed: NAT in 0 zones, for '
        'whose public subnets there is room; set nat = "none", or give the VPC a larger network',
    ),
    Case(
        "zones_are_the_regions",
        {"network.vpc.availability_zones": ["eu-central-1a", "eu-central-1c"]},
        {"network.vpc.availability_zones": ["eu-central-1a", "eu-west-1b"]},
        'network.vpc.availability_zones[1]: "eu-west-1b" given, with aws.region = "eu-central-1"; '
        'allowed: zones of eu-central-1; write a zone such as "eu-central-1a"',
    ),
    Case(
        "zones_differ",
        {"network.vpc.availability_zones": ["eu-central-1a", "eu-central-1b"]},
        {"network.vpc.availability_zones": ["eu-central-1a", "eu-central-1b", "eu-central-1a"]},
        'network.vpc.availability_zones: "eu-central-1a" given 2 times; allowed: each zone once; '
        "remove it where it is repeated",
    ),
    Case(
        "zones_are_named_or_counted",
        {"network.vpc.zone_count": 2},
        {
            "network.vpc.zone_count": 2,
            "network.vpc.availability_zones": ["eu-central-1a", "eu-central-1b"],
        },
        "network.vpc.zone_count: 2 given beside availability_zones; allowed: one of them; "
        "remove zone_count",
    ),
    Case(
        "subnets_differ",
        {"network": existing(dms_subnet_ids=EXISTING_VPC["aurora_subnet_ids"])},
        {"network": existing(dms_subnet_ids=["subnet-01234567", "subnet-01234567"])},
        'network.existing_vpc.dms_subnet_ids: "subnet-01234567" given 2 times; '
        "allowed: each once; remove it where it is repeated",
    ),
    Case(
        "secrets_manager_is_reached",
        {"network": existing(secretsmanager_endpoint=False, secretsmanager_cidr="0.0.0.0/0")},
        {"network": existing(secretsmanager_endpoint=False)},
        "network.existing_vpc.secretsmanager_endpoint: false given with no other endpoint; "
        "allowed: false with exactly one of secretsmanager_security_group_id and "
        "secretsmanager_cidr; add secretsmanager_security_group_id, or set "
        "secretsmanager_endpoint = true",
    ),
    Case(
        "secrets_manager_is_reached",
        {"network": existing(secretsmanager_endpoint=False, secretsmanager_security_group_id=SG)},
        {
            "network": existing(
                secretsmanager_endpoint=False,
                secretsmanager_security_group_id=SG,
                secretsmanager_cidr="10.9.0.0/24",
            )
        },
        "network.existing_vpc.secretsmanager_endpoint: false given with "
        "secretsmanager_security_group_id and secretsmanager_cidr; allowed: false with exactly "
        "one of secretsmanager_security_group_id and secretsmanager_cidr; remove "
        "secretsmanager_cidr",
    ),
    Case(
        "secrets_manager_is_reached",
        {"network": existing()},
        {"network": existing(secretsmanager_cidr="10.9.0.0/24")},
        "network.existing_vpc.secretsmanager_endpoint: true given beside secretsmanager_cidr; "
        "allowed: either a new endpoint or one that exists; set secretsmanager_endpoint = false, "
        "or remove secretsmanager_cidr",
    ),
    Case(
        "existing_routes_are_named",
        {
            "network": {
                **existing(route_table_ids=[RTB]),
                "route_to_source": {"transit_gateway_id": TGW},
            }
        },
        {"network": {**existing(), "route_to_source": {"transit_gateway_id": TGW}}},
        "network.existing_vpc.route_table_ids: nothing given beside [network.route_to_source]; "
        "allowed: the route tables of DMS's subnets; "
        "add route_table_ids, or remove [network.route_to_source] if the VPC has the route",
    ),
    Case(
        "existing_routes_are_named",
        {"network": existing()},
        {"network": existing(route_table_ids=[RTB])},
        "network.existing_vpc.route_table_ids: given without [network.route_to_source]; allowed: "
        "route tables where there is a route to put in; add [network.route_to_source], or remove "
        "route_table_ids",
    ),
    Case(
        "verification_has_a_certificate",
        {"source.ssl_mode": "verify-ca", "source.ca_certificate_file": "source-ca.pem"},
        {"source.ssl_mode": "verify-ca"},
        'source.ca_certificate_file: nothing given with ssl_mode = "verify-ca"; allowed: a PEM '
        "file with the certificate authority that signed the source's certificate; add "
        'ca_certificate_file = "certificates/source-ca.pem", or set ssl_mode = "require" to '
        "encrypt without verifying",
    ),
    Case(
        "certificate_is_used",
        {"source.ssl_mode": "verify-full", "source.ca_certificate_file": "source-ca.pem"},
        {"source.ssl_mode": "require", "source.ca_certificate_file": "source-ca.pem"},
        'source.ssl_mode: "require" given beside ca_certificate_file, which it does not use; '
        'allowed: verify-ca or verify-full with a certificate; set ssl_mode = "verify-full", or '
        "remove ca_certificate_file",
    ),
    Case(
        "address_is_in_the_network",
        {"source.host": "192.168.10.255"},
        {"source.host": "192.168.11.0"},
        'source.host: "192.168.11.0" given, outside source.cidr = "192.168.10.0/24"; '
        "allowed: an address inside source.cidr; "
        "correct host, or set cidr to the network that holds it",
    ),
    Case(
        "address_is_in_the_network",
        {"source.host": "10.8.1.1", "source.further_cidrs": ["10.8.0.0/16"]},
        {"source.host": "10.9.1.1", "source.further_cidrs": ["10.8.0.0/16"]},
        'source.host: "10.9.1.1" given, outside source.cidr = "192.168.10.0/24" and further_cidrs; '
        "allowed: an address inside source.cidr or further_cidrs; "
        "correct host, or set cidr to the network that holds it",
    ),
    Case(
        "networks_differ",
        {"source.further_cidrs": ["192.168.11.0/24", "10.8.0.0/16"]},
        {"source.further_cidrs": ["10.8.0.0/16", "192.168.0.0/16"]},
        'source.further_cidrs[1]: "192.168.0.0/16" given beside "192.168.10.0/24", which overlap; '
        "allowed: networks that do not overlap; remove one of the two",
    ),
    Case(
        "extra_settings_leave_others_alone",
        {f"{TASK}.extra_settings": '{"TTSettings": {"EnableTT": true}}'},
        {f"{TASK}.extra_settings": '{"FullLoadSettings": {"CommitRate": 5}}'},
        "dms.tasks[0].extra_settings: FullLoadSettings.CommitRate given, which is set here anyway; "
        "allowed: settings that nothing else sets; remove it, and set commit_rate",
    ),
    Case(
        "extra_settings_leave_others_alone",
        {f"{TASK}.extra_settings": '{"ErrorBehavior": {"recoverableErrorCount": 5}}'},
        {f"{TASK}.extra_settings": '{"ErrorBehavior": {"dataErrorPolicy": "IGNORE_RECORD"}}'},
        "dms.tasks[0].extra_settings: ErrorBehavior.dataErrorPolicy given, which is set here anyway; "
        "allowed: settings that nothing else sets; remove it: it is the same for every task",
    ),
    Case(
        "extra_settings_leave_others_alone",
        {f"{TASK}.extra_settings": '{"ErrorBehavior": {"RecoverableErrorCount": 5}}'},
        {f"{TASK}.extra_settings": '{"errorBehavior": {"RecoverableErrorCount": 5}}'},
        "dms.tasks[0].extra_settings: errorBehavior given, which DMS calls ErrorBehavior; allowed: "
        "DMS's own names; write ErrorBehavior",
    ),
    Case(
        "extra_settings_leave_others_alone",
        {f"{TASK}.extra_settings": '{"Logging": {"EnableLogContext": true}}'},
        {f"{TASK}.extra_settings": '{"Logging": {"CloudWatchLogGroup": "x"}}'},
        "dms.tasks[0].extra_settings: Logging.CloudWatchLogGroup given, which the provider refuses; "
        "allowed: settings that nothing else sets; remove it: it is the same for every task",
    ),
    Case(
        "extra_settings_leave_others_alone",
        {f"{TASK}.extra_settings": '{"FailTaskWhenCleanTaskResourceFailed": true}'},
        {f"{TASK}.extra_settings": '{"ErrorBehavior": null}'},
        "dms.tasks[0].extra_settings: ErrorBehavior given, which is no object; allowed: an object of "
        "settings of ErrorBehavior; write it as an object, or remove it",
    ),
    Case(
        "extra_attributes_leave_others_alone",
        {"source.extra_attributes": {"trimSpaceInChar": "false", "maxFileSize": "1"}},
        {
            "source.extra_attributes": {
                "trimSpaceInChar": "false",
                "CaptureDDLs": "1",
            }
        },
        "source.extra_attributes.CaptureDDLs: given, which is set anyway; allowed: attributes that "
        "nothing else sets; remove it, and set source.capture_ddls",
    ),
    Case(
        "extra_settings_hold_no_secret",
        {f"{TASK}.extra_settings": '{"TTSettings": {"TTS3Settings": {"BucketName": "x"}}}'},
        {f"{TASK}.extra_settings": '{"TTSettings": {"TTS3Settings": {"SecretKey": "hunter2"}}}'},
        "dms.tasks[0].extra_settings: SecretKey given; allowed: settings that hold no secret; remove "
        "it: DMS reads its credentials from Secrets Manager",
    ),
    Case(
        "extra_attributes_leave_others_alone",
        {},
        {"dms.target.extra_attributes": {"DatabaseName": "other"}},
        "dms.target.extra_attributes.DatabaseName: given, which is set anyway; allowed: attributes "
        "that nothing else sets; remove it, and set aurora.database_name",
    ),
    Case(
        "extra_attributes_leave_others_alone",
        {},
        {"dms.target.extra_attributes": {"loadUsingCSV": "true", "loadUsingCsv": "false"}},
        "dms.target.extra_attributes.loadUsingCsv: given twice, in other letters; allowed: attributes "
        "that nothing else sets; remove one of them",
    ),
    Case(
        "positions_have_their_slot",
        {
            "source.slot_name": "ferry",
            f"{TASK}.migration_type": "cdc",
            f"{TASK}.cdc_start_position": "0/3D000028",
        },
        {"source.slot_name": "ferry", f"{TASK}.cdc_start_position": "0/3D000028"},
        'dms.tasks[0].cdc_start_position: "0/3D000028" given with migration_type = '
        '"full-load-and-cdc"; allowed: a position with migration_type = "cdc"; set migration_type = '
        '"cdc", or remove cdc_start_position',
    ),
    Case(
        "positions_have_their_slot",
        {f"{TASK}.cdc_stop_position": "commit_time:2027-02-15T06:00:00"},
        {f"{TASK}.migration_type": "cdc", f"{TASK}.cdc_start_position": "checkpoint:V1#7#0"},
        'dms.tasks[0].cdc_start_position: "checkpoint:V1#7#0" given without source.slot_name; '
        "allowed: a position of a slot that exists; add slot_name to [source], or remove "
        "cdc_start_position",
    ),
    Case(
        "positions_have_their_slot",
        {},
        {
            f"{TASK}.migration_type": "full-load",
            f"{TASK}.cdc_stop_position": "server_time:2027-02-15T06:00:00",
        },
        'dms.tasks[0].cdc_stop_position: "server_time:2027-02-15T06:00:00" given with '
        'migration_type = "full-load"; allowed: an end of tasks that read changes; remove '
        "cdc_stop_position",
    ),
    Case(
        "migrations_alone_are_cut_over",
        {"cutover": {}},
        {
            "cutover.max_lag_seconds": 1,
            "source": REMOVED,
            "dms": REMOVED,
        },
        "cutover: [cutover] given without [source] and [dms]; allowed: [cutover] of a migration; "
        "remove all that is in [cutover]: the migration is over, or not begun",
    ),
    Case(
        "application_secrets_are_theirs",
        {"cutover.application_secret_arns": [SECRET.format("eu-central-1")]},
        {"cutover.application_secret_arns": [SECRET.format("eu-central-1")] * 2},
        f'cutover.application_secret_arns[1]: "{SECRET.format("eu-central-1")}" given again; '
        "allowed: each secret once; remove one of the two",
    ),
    Case(
        "application_secrets_are_theirs",
        {},
        {"cutover.application_secret_arns": [SECRET.format("eu-west-1")]},
        "cutover.application_secret_arns[0]: an ARN of eu-west-1 given with aws.region = "
        '"eu-central-1"; allowed: an ARN of eu-central-1; give the secret that the applications '
        "read in that region",
    ),
    Case(
        "application_secrets_are_theirs",
        {},
        {
            "cutover.application_secret_arns": [
                SECRET.format("eu-central-1").replace("111122223333", "444455556666")
            ]
        },
        "cutover.application_secret_arns[0]: an ARN of account 444455556666 given with "
        'aws.account_id = "111122223333"; allowed: an ARN of 111122223333; change another account\'s '
        "secrets by a hook, cutover.hooks.switch",
    ),
    Case(
        "application_secrets_are_theirs",
        {},
        {
            "source.secret_arn": SECRET.format("eu-central-1"),
            "cutover.application_secret_arns": [SECRET.format("eu-central-1")],
        },
        "cutover.application_secret_arns[0]: the source's own secret given, source.secret_arn; "
        "allowed: secrets of the applications; remove it: DMS would follow the applications to "
        "Aurora",
    ),
    Case(
        "source_keeps_its_name",
        {
            "source.host": "pg.example.org",
            "cutover.dns": {"zone_id": "Z1A", "name": "db.example.org"},
        },
        {
            "source.host": "db.example.org",
            "cutover.dns": {"zone_id": "Z1A", "name": "DB.example.org."},
        },
        'cutover.dns.name: "DB.example.org." given, which is source.host; allowed: another name than '
        "the source's; give DMS the source's own name or address in source.host",
    ),
    Case(
        "key_has_its_secret",
        {
            "source.secret_arn": SECRET.format("eu-central-1"),
            "source.secret_kms_key_arn": KEY.format("eu-central-1"),
        },
        {"source.secret_kms_key_arn": KEY.format("eu-central-1")},
        "source.secret_kms_key_arn: a key given without secret_arn; "
        "allowed: the key of a secret of your own; add secret_arn, or remove secret_kms_key_arn",
    ),
    Case(
        "boundary_is_the_accounts",
        {"aws.permissions_boundary_arn": "arn:aws:iam::111122223333:policy/boundary"},
        {"aws.permissions_boundary_arn": "arn:aws:iam::444455556666:policy/boundary"},
        "aws.permissions_boundary_arn: a policy of account 444455556666 given with aws.account_id = "
        '"111122223333"; allowed: a policy of the same account; make the policy there, and give its '
        "ARN",
    ),
    Case(
        "assumed_role_is_the_accounts",
        {"aws.assume_role": {"role_arn": "arn:aws:iam::111122223333:role/teams/deployer"}},
        {"aws.assume_role": {"role_arn": "arn:aws:iam::444455556666:role/deployer"}},
        "aws.assume_role.role_arn: a role of account 444455556666 (aws) given with aws.account_id = "
        '"111122223333", aws.region = "eu-central-1"; allowed: a role of the environment\'s account; '
        "give the role there that whoever signs in may take",
    ),
    Case(
        "key_is_in_the_region",
        {"aws.kms_key_arn": "arn:aws:kms:eu-central-1:444455556666:key/mrk-1234abcd"},
        {"aws.kms_key_arn": "arn:aws:kms:eu-west-1:111122223333:key/1234abcd"},
        "aws.kms_key_arn: a key of eu-west-1 in aws given with aws.region = "
        '"eu-central-1"; allowed: a key of eu-central-1; give a key of that region, or the replica '
        "there of a multi-Region key",
    ),
    Case(
        "secret_is_in_the_region",
        {"source.secret_arn": SECRET.format("eu-central-1")},
        {"source.secret_arn": SECRET.format("eu-west-1")},
        'source.secret_arn: an ARN of eu-west-1 given with aws.region = "eu-central-1"; allowed: '
        "an ARN of eu-central-1; replicate it to eu-central-1, and give the replica's ARN",
    ),
    Case(
        "slot_serves_one_task",
        {
            "source.slot_name": "ferry",
            f"{TASK}.migration_type": "cdc",
            "dms.tasks.1": {
                "name": "old",
                "migration_type": "full-load",
                "tables": [{"schema": "old"}],
            },
        },
        {
            "source.slot_name": "ferry",
            "dms.tasks.1": {"name": "old", "tables": [{"schema": "old"}]},
        },
        'source.slot_name: "ferry" given for the tasks all, old; '
        "allowed: a slot for one task that reads changes; "
        "remove slot_name, so that DMS makes a slot for each task",
    ),
    Case(
        "windows_are_apart",
        {"aurora.backup_window": "04:00-05:00"},
        {"aurora.backup_window": "03:30-04:30"},
        'aurora.maintenance_window: "sun:03:00-sun:04:00" given, which overlaps backup_window = '
        '"03:30-04:30"; allowed: windows that do not overlap; move one of the two',
    ),
    Case(
        "advanced_insights_are_kept",
        {
            "aurora.database_insights_mode": "advanced",
            "aurora.performance_insights_retention_days": 465,
        },
        {
            "aurora.database_insights_mode": "advanced",
            "aurora.performance_insights_retention_days": 434,
        },
        "aurora.performance_insights_retention_days: 434 given with database_insights_mode = "
        '"advanced"; allowed: 465 days or more; set performance_insights_retention_days = 465, or '
        'database_insights_mode = "standard"',
    ),
    Case(
        "capacity_alarm_can_go_off",
        {**SERVERLESS, "alarms": {"aurora_acu": 15}},
        {**SERVERLESS, "alarms": {"aurora_acu": 16}},
        "alarms.aurora_acu: 16 given with aurora.serverless.max_acu = 16; allowed: less than 16 ACU; "
        "set aurora_acu = 8, or raise max_acu",
    ),
    Case(
        "capacity_alarm_can_go_off",
        SERVERLESS,
        {
            **SERVERLESS,
            "aurora.serverless": {"min_acu": 0.5, "max_acu": 1},
            "alarms": {"aurora_acu": 1},
        },
        "alarms.aurora_acu: 1 given with aurora.serverless.max_acu = 1; allowed: less than 1 ACU; "
        "remove it, or raise max_acu",
    ),
    Case(
        "capacity_alarm_can_go_off",
        {},
        {"alarms": {"aurora_acu": 4}},
        "alarms.aurora_acu: 4 given without serverless instances; allowed: a capacity of serverless "
        "instances; remove it",
    ),
    Case(
        "serverless_instances_have_a_range",
        SERVERLESS,
        {"aurora.instance_class": "db.serverless"},
        'aurora.serverless: nothing given, and an instance is "db.serverless"; allowed: the '
        "capacities between which instances scale; add [aurora.serverless] with min_acu, max_acu",
    ),
    Case(
        "a_range_is_of_serverless_instances",
        SERVERLESS,
        {"aurora.serverless": {"min_acu": 2, "max_acu": 16}},
        'aurora.serverless: given, and no instance is "db.serverless"; allowed: capacities of '
        "db.serverless alone; remove [aurora.serverless], or set instance_class = "
        '"db.serverless"',
    ),
    Case(
        "serverless_instances_have_a_range",
        {
            "aurora.readers": [{"instance_class": "db.serverless"}, {"promotion_tier": 15}],
            "aurora.serverless": {"min_acu": 0.5, "max_acu": 16},
        },
        {"aurora.readers": [{"instance_class": "db.serverless"}]},
        'aurora.serverless: nothing given, and an instance is "db.serverless"; allowed: the '
        "capacities between which instances scale; add [aurora.serverless] with min_acu, max_acu",
    ),
    Case(
        "readers_are_said_once",
        {"aurora.readers": [{"promotion_tier": 15}]},
        {"aurora.readers": [{"promotion_tier": 15}], "aurora.reader_count": 1},
        "aurora.reader_count: 1 given beside 1 [[aurora.readers]]; allowed: one of the two; remove "
        "reader_count, or [[aurora.readers]] where all are as the writer is",
    ),
    Case(
        "a_range_goes_up",
        {**SERVERLESS, "aurora.serverless": {"min_acu": 4, "max_acu": 4}},
        {**SERVERLESS, "aurora.serverless": {"min_acu": 4.5, "max_acu": 4}},
        "aurora.serverless.max_acu: 4 given with min_acu = 4.5; allowed: min_acu or more; set "
        "max_acu = 4.5, or lower min_acu",
    ),
    Case(
        "nothing_pauses_with_logical_replication",
        {**SERVERLESS, "aurora.serverless": {"min_acu": 0.5, "max_acu": 1}},
        {**SERVERLESS, "aurora.serverless": {"min_acu": 0, "max_acu": 1}},
        "aurora.serverless.min_acu: 0 given, and rds.logical_replication = 1 lets no instance "
        "pause; allowed: 0.5 or more with logical replication, which a migration needs; set "
        "min_acu = 0.5",
    ),
    Case(
        "nothing_pauses_with_logical_replication",
        {
            **SERVERLESS,
            **ALONE,
            "aurora.serverless": {"min_acu": 0, "max_acu": 1},
            "aurora.parameters": {"rds.logical_replication": 0},
        },
        {**SERVERLESS, **ALONE, "aurora.serverless": {"min_acu": 0, "max_acu": 1}},
        "aurora.serverless.min_acu: 0 given, and rds.logical_replication = 1 lets no instance "
        "pause; allowed: 0.5 or more with logical replication, which a migration needs; set "
        "min_acu = 0.5, or rds.logical_replication = 0 in [aurora.parameters]",
    ),
    Case(
        "snapshot_is_of_the_region",
        {
            "aurora.snapshot_identifier": "arn:aws:rds:eu-central-1:111122223333:cluster-snapshot:s",
            "aurora.master_username": "shop",
        },
        {
            "aurora.snapshot_identifier": "arn:aws:rds:eu-west-1:111122223333:cluster-snapshot:s",
            "aurora.master_username": "shop",
        },
        'aurora.snapshot_identifier: "arn:aws:rds:eu-west-1:111122223333:cluster-snapshot:s" given, '
        'with aws.region = "eu-central-1"; allowed: a snapshot of the environment\'s region; copy it '
        "here with 'aws rds copy-db-cluster-snapshot --source-region eu-west-1', and name the copy",
    ),
    Case(
        "snapshot_comes_with_its_master_user",
        {"aurora.snapshot_identifier": "legacy-2026", "aurora.master_username": "postgres"},
        {"aurora.snapshot_identifier": "legacy-2026"},
        "aurora.master_username: nothing given beside snapshot_identifier; allowed: the master user "
        "that the snapshot has; add master_username, as 'aws rds describe-db-cluster-snapshots "
        "--db-cluster-snapshot-identifier legacy-2026 --query DBClusterSnapshots[0].MasterUsername' tells "
        "it",
    ),
    Case(
        # What AWS Backup makes of a cluster.
        "snapshot_comes_with_its_master_user",
        {
            "aurora.snapshot_identifier": f"{RDS}:cluster-snapshot:awsbackup:job-0f1e2d3c",
            "aurora.master_username": "shop",
        },
        {"aurora.snapshot_identifier": f"{RDS}:cluster-snapshot:awsbackup:job-0f1e2d3c"},
        "aurora.master_username: nothing given beside snapshot_identifier; allowed: the master user "
        "that the snapshot has; add master_username, as 'aws rds describe-db-cluster-snapshots "
        f"--db-cluster-snapshot-identifier {RDS}:cluster-snapshot:awsbackup:job-0f1e2d3c --query "
        "DBClusterSnapshots[0].MasterUsername' tells it",
    ),
    Case(
        # And of an instance of RDS for PostgreSQL.
        "snapshot_comes_with_its_master_user",
        {
            "aurora.snapshot_identifier": f"{RDS}:snapshot:awsbackup:job-0f1e2d3c",
            "aurora.master_username": "shop",
        },
        {"aurora.snapshot_identifier": f"{RDS}:snapshot:awsbackup:job-0f1e2d3c"},
        "aurora.master_username: nothing given beside snapshot_identifier; allowed: the master user "
        "that the snapshot has; add master_username, as 'aws rds describe-db-snapshots "
        f"--db-snapshot-identifier {RDS}:snapshot:awsbackup:job-0f1e2d3c --query "
        "DBSnapshots[0].MasterUsername' tells it",
    ),
    Case(
        "snapshot_is_of_the_region",
        {"aurora.snapshot_identifier": f"{RDS}:snapshot:s", "aurora.master_username": "shop"},
        {
            "aurora.snapshot_identifier": "arn:aws:rds:us-east-1:111122223333:snapshot:s",
            "aurora.master_username": "shop",
        },
        'aurora.snapshot_identifier: "arn:aws:rds:us-east-1:111122223333:snapshot:s" given, with '
        'aws.region = "eu-central-1"; allowed: a snapshot of the environment\'s region; copy it here '
        "with 'aws rds copy-db-snapshot --source-region us-east-1', and name the copy",
    ),
    Case(
        "parameters_leave_settings_alone",
        {"aurora.parameters": {"work_mem": 65536}},
        {"aurora.parameters": {"log_statement": "mod"}},
        "aurora.parameters.log_statement: given here, but it has a setting of its own; allowed: "
        "other parameters; set aurora.log_statement, and remove it here",
    ),
    Case(
        "parameters_leave_settings_alone",
        {"aurora.instance_parameters": {"work_mem": 65536}},
        {"aurora.instance_parameters": {"rds.force_ssl": False}},
        'aurora.instance_parameters."rds.force_ssl": given here, but the project always sets it '
        "to 1; allowed: other parameters; remove it: connections without TLS are refused",
    ),
    Case(
        "parameters_leave_settings_alone",
        {
            "source": REMOVED,
            "dms": REMOVED,
            "aurora.parameters": {"rds.logical_replication": False},
        },
        {"aurora.parameters": {"rds.logical_replication": False}},
        'aurora.parameters."rds.logical_replication": given here, but the project always sets it to '
        "1; allowed: other parameters; remove it: a replication back to the source needs it. Without "
        "[source] and [dms], [aurora.parameters] may set it to 0",
    ),
    Case(
        "parameters_leave_settings_alone",
        {},
        {
            "source": REMOVED,
            "dms": REMOVED,
            "aurora.instance_parameters": {"rds.logical_replication": 0},
        },
        'aurora.instance_parameters."rds.logical_replication": given here, but the project always '
        "sets it to 1; allowed: other parameters; remove it: a replication back to the source needs "
        "it. Without [source] and [dms], [aurora.parameters] may set it to 0",
    ),
    Case(
        "unknown_parameters_state_their_method",
        {"aurora.parameters": {"jit": {"value": True, "apply_method": "immediate"}}},
        {"aurora.parameters": {"jit": True}},
        "aurora.parameters.jit: no apply_method given, and the project does not know the "
        'parameter; allowed: apply_method = "immediate" (dynamic) or "pending-reboot" (static); '
        'write { value = "1", apply_method = "pending-reboot" }, which serves both kinds',
    ),
    Case(
        "static_parameters_wait",
        {
            "aurora.parameters": {
                "max_connections": {"value": 500, "apply_method": "pending-reboot"}
            }
        },
        {"aurora.parameters": {"max_connections": {"value": 500, "apply_method": "immediate"}}},
        'aurora.parameters.max_connections.apply_method: "immediate" given for a static parameter; '
        "allowed: pending-reboot; remove apply_method",
    ),
    Case(
        "statistics_stay_loaded",
        {"aurora.parameters": {"shared_preload_libraries": "pg_cron, pg_stat_statements"}},
        {"aurora.parameters": {"shared_preload_libraries": "pg_cron"}},
        'aurora.parameters.shared_preload_libraries: "pg_cron" given; '
        "allowed: a list with pg_stat_statements; "
        'set shared_preload_libraries = "pg_stat_statements,pg_cron"',
    ),
    Case(
        "preloaded_for_the_cluster",
        {"aurora.parameters": {"shared_preload_libraries": "pg_stat_statements"}},
        {"aurora.instance_parameters": {"shared_preload_libraries": "pg_stat_statements"}},
        "aurora.instance_parameters.shared_preload_libraries: given for the instances; allowed: "
        "shared_preload_libraries for the whole cluster; move it to [aurora.parameters]",
    ),
    Case(
        "terraform_and_rds_agree",
        {"protection": {"prevent_destroy": False, "deletion_protection": False}},
        {"protection": {"prevent_destroy": False}},
        "protection.deletion_protection: true given with prevent_destroy = false; "
        "allowed: the same for both; "
        "set deletion_protection = false, or prevent_destroy = true",
    ),
    Case(
        "protected_data_is_kept",
        {
            "protection": {
                "prevent_destroy": False,
                "deletion_protection": False,
                "final_snapshot": False,
            }
        },
        {"protection": {"final_snapshot": False}},
        "protection.final_snapshot: false given with deletion_protection = true; allowed: true "
        "while deletion_protection = true; set final_snapshot = true, or lift all protection",
    ),
    Case(
        "protected_secrets_can_be_restored",
        {"protection": {"secret_recovery_window_days": 7}},
        {"protection": {"secret_recovery_window_days": 0}},
        "protection.secret_recovery_window_days: 0 given with prevent_destroy = true; allowed: a "
        "recovery window while prevent_destroy = true; set secret_recovery_window_days = 30, or "
        "lift all protection",
    ),
    Case(
        "task_names_differ",
        {"dms.tasks.1": {"name": "old", "tables": [{"schema": "old"}]}},
        {"dms.tasks.1": {"name": "all", "tables": [{"schema": "old"}]}},
        'dms.tasks[1].name: "all" given again; allowed: another name for each task; rename one '
        "of the tasks",
    ),
    Case(
        "names_of_legs_are_free",
        {"dms.tasks.1": {"name": "all-back", "tables": [{"schema": "old"}]}},
        {
            "dms.tasks.1": {"name": "all-back", "tables": [{"schema": "old"}]},
            "dms.rollback": True,
        },
        'dms.tasks[1].name: "all-back" given with dms.rollback = true, which makes a task of that name '
        'beside "all"; allowed: another name for each task; rename one of the two',
    ),
    Case(
        "way_back_is_read",
        {"dms.rollback": True, "dms.engine_version": "3.6.1", "aurora.engine_version": "17.4"},
        {"dms.rollback": True, "aurora.engine_version": "17.4"},
        'dms.rollback: true given with aurora.engine_version = "17.4", which DMS 3.5.4 does not read; '
        'allowed: true with dms.engine_version = "3.6.1" or later; set engine_version = "3.6.1" in '
        "[dms], or rollback = false",
    ),
    Case(
        "way_back_is_read",
        {"dms.engine_version": "3.6.1", "aurora.engine_version": "18"},
        {"dms.rollback": True, "dms.engine_version": "3.6.1", "aurora.engine_version": "18"},
        'dms.rollback: true given with aurora.engine_version = "18", which no version of DMS is known to '
        "read; allowed: true with a version of 17 at most; set rollback = false, or another "
        "aurora.engine_version",
    ),
    Case(
        "batches_have_limited_lobs",
        {f"{TASK}.batch_apply": True},
        {f"{TASK}.batch_apply": True, f"{TASK}.lob_mode": "full"},
        'dms.tasks[0].batch_apply: true given with lob_mode = "full"; allowed: true with '
        'lob_mode = "limited" alone; set batch_apply = false, or lob_mode = "limited"',
    ),
    Case(
        "batches_have_limited_lobs",
        {f"{TABLE}.table": "orders", f"{TABLE}.lob.mode": "unlimited"},
        {
            f"{TASK}.batch_apply": True,
            f"{TABLE}.table": "orders",
            f"{TABLE}.lob.mode": "unlimited",
        },
        'dms.tasks[0].tables[0].lob.mode: "unlimited" given with batch_apply = true; allowed: '
        'limited with batch_apply = true; set mode = "limited", or carry the table by a task of '
        "its own",
    ),
    Case(
        "ferrys_schema_is_its_own",
        {f"{TASK}.tables": [{"schema": "ferr%"}, {"schema": "ferry2", "name": "fence_all"}]},
        {f"{TASK}.tables.1": {"schema": "ferry", "table": "journal"}},
        f'dms.tasks[0].tables[1].schema: "ferry" given; {FERRYS}; remove this table',
    ),
    Case(
        "ferrys_schema_is_its_own",
        {f"{TASK}.tables.1": {"schema": "Ferry", "name": "journal"}},
        {f"{TASK}.tables.1": {"schema": "ferry", "name": "fence_all"}},
        f'dms.tasks[0].tables[1].schema: "ferry" given; {FERRYS}; remove this table',
    ),
    Case(
        "ferrys_schema_is_its_own",
        {},
        {f"{TASK}.tables.1": {"schema": "ferry", "action": "exclude"}},
        f'dms.tasks[0].tables[1].schema: "ferry" given; {FERRYS}; remove this table',
    ),
    Case(
        "ferrys_schema_is_its_own",
        transformation(target="schema", action="rename", column=REMOVED, value="ferry_app"),
        transformation(target="schema", action="rename", column=REMOVED, value="ferry"),
        f'dms.tasks[0].transformations[0].value: "ferry" given; {FERRYS}; write another name',
    ),
    Case(
        "ferrys_schema_is_its_own",
        transformation(schema="ferry_app"),
        transformation(schema="ferry"),
        f'dms.tasks[0].transformations[0].schema: "ferry" given; {FERRYS}; remove this '
        "transformation",
    ),
    Case(
        "exclusions_leave_the_marker",
        {f"{TASK}.tables.1": {"schema": "%", "table": "audit_%", "action": "exclude"}},
        {f"{TASK}.tables.1": {"schema": "%", "table": "%_all", "action": "exclude"}},
        f"dms.tasks[0].tables[1]: %.%_all left out, which can match {MARKER}; allowed: exclusions "
        f"that do not: AWS does not say which of the two wins; {BY_NAME}, an exclusion for each",
    ),
    Case(
        "exclusions_leave_the_marker",
        {f"{TASK}.tables": [{"schema": "%"}, {"schema": "fr%", "action": "exclude"}]},
        {f"{TASK}.tables": [{"schema": "%"}, {"schema": "f%", "action": "exclude"}]},
        f"dms.tasks[0].tables[1]: f%.% left out, which can match {MARKER}; allowed: exclusions "
        f"that do not: AWS does not say which of the two wins; {BY_NAME}, an exclusion for each",
    ),
    Case(
        "details_leave_the_marker",
        {**rows({"operator": "null"}), f"{TABLE}.schema": "ferr_"},
        {**rows({"operator": "null"}), f"{TABLE}.schema": "ferr_", f"{TABLE}.table": "fence_al_"},
        f"dms.tasks[0].tables[0].filters: given for ferr_.fence_al_, which can match {MARKER}; {WHOLE}; "
        f"{BY_NAME}, a table for each",
    ),
    Case(
        "details_leave_the_marker",
        {
            f"{TABLE}.table": "fence_all",
            f"{TABLE}.parallel_load": {"columns": ["id"], "boundaries": [["9"]]},
        },
        {
            f"{TABLE}.schema": "f_rry",
            f"{TABLE}.table": "fence_all",
            f"{TABLE}.parallel_load": {"columns": ["id"], "boundaries": [["9"]]},
        },
        "dms.tasks[0].tables[0].parallel_load: given for f_rry.fence_all, which can match "
        f"{MARKER}; {WHOLE}; {BY_NAME}, a table for each",
    ),
    Case(
        "details_leave_the_marker",
        {f"{TABLE}.table": "fence_all", f"{TABLE}.lob": {"mode": "unlimited"}},
        {
            f"{TABLE}.schema": "_erry",
            f"{TABLE}.table": "fence_all",
            f"{TABLE}.lob": {"mode": "unlimited"},
        },
        "dms.tasks[0].tables[0].lob: given for _erry.fence_all, which can match "
        f"{MARKER}; {WHOLE}; {BY_NAME}, a table for each",
    ),
    Case(
        "transformations_leave_the_marker",
        transformation(target="schema", action="add-prefix", column=REMOVED, value="old_"),
        transformation(
            target="schema", action="add-prefix", schema="%", column=REMOVED, value="old_"
        ),
        'dms.tasks[0].transformations[0].schema: "%" given, and so can change '
        f"{MARKER}; {SAME}; {BY_NAME}, a transformation for each",
    ),
    Case(
        "transformations_leave_the_marker",
        transformation(
            target="table",
            action="add-suffix",
            schema="%",
            table="order%",
            column=REMOVED,
            value="_old",
        ),
        transformation(
            target="table",
            action="add-suffix",
            schema="f%",
            table="fence%",
            column=REMOVED,
            value="_old",
        ),
        'dms.tasks[0].transformations[0].schema: "f%" given, and so can change '
        f"{MARKER}; {SAME}; {BY_NAME}, a transformation for each",
    ),
    Case(
        "transformations_leave_the_marker",
        transformation(schema="%", column="password"),
        transformation(schema="%", column="_d"),
        'dms.tasks[0].transformations[0].schema: "%" given, and so can change '
        f"{MARKER}; {SAME}; {BY_NAME}, a transformation for each",
    ),
    Case(
        "transformations_leave_the_marker",
        transformation(
            action="add-before-image-columns",
            column=REMOVED,
            before_image={"column_suffix": "_old"},
        ),
        transformation(
            action="add-before-image-columns",
            schema="%",
            column=REMOVED,
            before_image={"column_suffix": "_old"},
        ),
        'dms.tasks[0].transformations[0].schema: "%" given, and so can change '
        f"{MARKER}; {SAME}; {BY_NAME}, a transformation for each",
    ),
    Case(
        "stop_is_between_two_phases",
        {f"{TASK}.after_full_load": "stop-before-cached-changes"},
        {
            f"{TASK}.after_full_load": "stop-before-cached-changes",
            f"{TASK}.migration_type": "full-load",
        },
        'dms.tasks[0].after_full_load: "stop-before-cached-changes" given with migration_type = '
        '"full-load"; allowed: a stop in a full-load-and-cdc task; '
        'set migration_type = "full-load-and-cdc", or remove after_full_load',
    ),
    Case(
        "task_carries_something",
        {f"{TASK}.tables.1": {"schema": "public", "table": "audit", "action": "exclude"}},
        {f"{TABLE}.action": "exclude"},
        "dms.tasks[0].tables: nothing but exclusions given; "
        'allowed: at least one table with action = "include"; add { schema = "public" }',
    ),
    Case(
        "tables_are_selected_once",
        {
            "dms.tasks.1": {
                "name": "old",
                "tables": [{"schema": "old"}, {"schema": "public", "action": "exclude"}],
            }
        },
        {"dms.tasks.1": {"name": "old", "tables": [{"schema": "public"}]}},
        "dms.tasks[1].tables[0]: public.% given again, after dms.tasks[0].tables[0]; allowed: "
        "each selection once; remove one of the two",
    ),
    Case(
        "tables_are_selected_once",
        {
            f"{TASK}.tables.1": {"schema": "old", "action": "exclude"},
            "dms.tasks.1": {"name": "old", "tables": [{"schema": "old"}]},
        },
        {f"{TASK}.tables.1": {"schema": "public", "action": "exclude"}},
        "dms.tasks[0].tables[1]: public.% given again, after dms.tasks[0].tables[0]; allowed: "
        "each selection once; remove one of the two",
    ),
    Case(
        "tables_are_selected_once",
        {f"{TABLE}.table": "a.b", f"{TASK}.tables.1": {"schema": "public.a", "table": "c"}},
        {f"{TABLE}.table": "a.b", f"{TASK}.tables.1": {"schema": "public.a", "table": "b"}},
        "dms.tasks[0].tables[1]: public.a.b given again, after dms.tasks[0].tables[0]; allowed: "
        "each selection once; remove one of the two",
    ),
    Case(
        "tables_are_selected_once",
        several("crm"),
        several(
            "crm",
            **{"dms.tasks.2": {"name": "b", "database": "crm", "tables": [{"schema": "public"}]}},
        ),
        "dms.tasks[2].tables[0]: public.% given again, after dms.tasks[1].tables[0]; allowed: each "
        "selection once; remove one of the two",
    ),
    Case(
        "tables_are_in_one_task",
        several("crm", **{f"{TABLE}.table": "order_items"}),
        several(
            "crm",
            **{
                "dms.tasks.2": {
                    "name": "b",
                    "database": "crm",
                    "tables": [{"schema": "public", "table": "orders"}],
                }
            },
        ),
        "dms.tasks[2].tables[0]: public.orders given, of which dms.tasks[1].tables[0] (public.%) "
        'carries some too; allowed: each table in one task; add { schema = "public", table = '
        '"orders", action = "exclude" } to dms.tasks[1].tables',
    ),
    Case(
        "task_carries_something",
        {f"{TASK}.tables.1": {"schema": "public", "table": "audit_%", "action": "exclude"}},
        {f"{TASK}.tables.1": {"schema": "publi_", "action": "exclude"}},
        "dms.tasks[0].tables: public.% given, and left out again by an exclusion; allowed: at least "
        "one table that no exclusion takes away: leaving out wins; remove the table with action = "
        '"exclude"',
    ),
    Case(
        "tables_are_in_one_task",
        {
            f"{TASK}.tables.1": {"schema": "public", "table": "orders", "action": "exclude"},
            "dms.tasks.1": {"name": "big", "tables": [{"schema": "public", "table": "orders"}]},
        },
        {"dms.tasks.1": {"name": "big", "tables": [{"schema": "public", "table": "orders"}]}},
        "dms.tasks[1].tables[0]: public.orders given, of which dms.tasks[0].tables[0] (public.%) "
        'carries some too; allowed: each table in one task; add { schema = "public", table = '
        '"orders", action = "exclude" } to dms.tasks[0].tables',
    ),
    Case(
        "tables_are_in_one_task",
        {
            f"{TABLE}.table": "order_items",
            "dms.tasks.1": {"name": "big", "tables": [{"schema": "public", "table": "orders"}]},
        },
        {
            f"{TABLE}.table": "order_items",
            "dms.tasks.1": {
                "name": "big",
                "tables": [{"schema": "public", "table": "order-items"}],
            },
        },
        "dms.tasks[1].tables[0]: public.order-items given, of which dms.tasks[0].tables[0] "
        "(public.order_items) carries some too; allowed: each table in one task; write name = "
        '"order_items" in place of table in dms.tasks[0].tables[0], which is exact: _ in table stands '
        "for any one character",
    ),
    Case(
        "tables_are_in_one_task",
        {
            f"{TASK}.tables": [{"schema": "public", "name": "order_items"}],
            "dms.tasks.1": {"name": "big", "tables": [{"schema": "public", "name": "order-items"}]},
        },
        {
            f"{TASK}.tables": [{"schema": "public", "name": "order_items"}],
            "dms.tasks.1": {"name": "big", "tables": [{"schema": "publi_", "table": "%_items"}]},
        },
        "dms.tasks[1].tables[0]: publi_.%_items given, of which dms.tasks[0].tables[0] "
        "(public.order_items) carries some too; allowed: each table in one task; add { schema = "
        '"public", table = "order[_]items", action = "exclude" } to dms.tasks[1].tables',
    ),
    Case(
        "tables_are_in_one_task",
        {},
        {
            f"{TASK}.tables": [{"schema": "%a", "table": f"{i}%"} for i in range(500)],
            "dms.tasks.1": {
                "name": "big",
                "tables": [{"schema": "%b", "table": f"{i}%"} for i in range(500)],
            },
        },
        "dms.tasks: more patterns given than can be compared with one another; allowed: tasks of "
        "which it can be told that they carry no table both; select whole schemas, or tables by "
        "their names",
    ),
    Case(
        "names_are_exact",
        {f"{TASK}.tables": [{"schema": "public", "name": "order_items"}]},
        {f"{TASK}.tables": [{"schema": "public", "table": "%", "name": "orders"}]},
        'dms.tasks[0].tables[0].name: "orders" given beside table = "%"; allowed: one of them; '
        "remove table, which is a pattern, or name",
    ),
    Case(
        "names_are_exact",
        {f"{TASK}.tables": [{"schema": "public"}, {"schema": "public", "name": "a"}]},
        {f"{TASK}.tables.1": {"schema": "public", "name": "orders", "action": "exclude"}},
        'dms.tasks[0].tables[1].name: "orders" given with action = "exclude"; allowed: table with an '
        "exclusion: DMS leaves out by pattern alone; write table in place of name",
    ),
    Case(
        "brackets_are_a_set",
        {f"{TASK}.tables": [{"schema": "public", "name": "data[1]"}]},
        {f"{TABLE}.table": "data[1]"},
        'dms.tasks[0].tables[0].table: "data[1]" given, in which brackets hold a set of signs to '
        "choose from; allowed: [ ] with several signs, or with one of %, _ and [ to mean the sign "
        'itself; write table = "data[[]1]", or name = "data[1]" in place of table',
    ),
    Case(
        "brackets_are_a_set",
        {f"{TABLE}.table": "data[[]1]", f"{TABLE}.schema": "[ab][_][%]"},
        {f"{TABLE}.schema": "tenant["},
        'dms.tasks[0].tables[0].schema: "tenant[" given, in which brackets hold a set of signs to '
        "choose from; allowed: [ ] with several signs, or with one of %, _ and [ to mean the sign "
        'itself; write schema = "tenant[[]"',
    ),
    Case(
        "brackets_are_a_set",
        {
            f"{TASK}.tables": [
                {"schema": "public"},
                {"schema": "a", "table": "b", "action": "exclude"},
            ]
        },
        {
            f"{TASK}.tables": [
                {"schema": "public"},
                {"schema": "a", "table": "b[]", "action": "exclude"},
            ]
        },
        'dms.tasks[0].tables[1].table: "b[]" given, in which brackets hold a set of signs to choose '
        "from; allowed: [ ] with several signs, or with one of %, _ and [ to mean the sign itself; "
        'write table = "b[[]]"',
    ),
    Case(
        "brackets_are_a_set",
        transformation(),
        transformation(column="x[1]"),
        'dms.tasks[0].transformations[0].column: "x[1]" given, in which brackets hold a set of signs '
        "to choose from; allowed: [ ] with several signs, or with one of %, _ and [ to mean the sign "
        'itself; write column = "x[[]1]"',
    ),
    Case(
        "asterisks_are_no_wildcards",
        {
            f"{TASK}.tables": [
                {"schema": "public", "table": "log[*]%"},
                {"schema": "a", "name": "*"},
            ]
        },
        {f"{TABLE}.table": "log*"},
        'dms.tasks[0].tables[0].table: "log*" given, in which * is a sign like others; allowed: % for '
        'any characters, or [*] for the sign itself; write table = "log%", or name = "log*" in place of '
        "table",
    ),
    Case(
        "asterisks_are_no_wildcards",
        transformation(),
        transformation(schema="*"),
        'dms.tasks[0].transformations[0].schema: "*" given, in which * is a sign like others; allowed: '
        '% for any characters, or [*] for the sign itself; write schema = "%"',
    ),
    Case(
        "details_name_one_table",
        {f"{TABLE}.table": "orders", f"{TABLE}.lob": {"mode": "limited", "max_size_kb": 64}},
        {f"{TABLE}.lob": {"mode": "limited"}},
        "dms.tasks[0].tables[0].lob: given for public.%, which may be several tables; allowed: "
        "one table, by its whole name; write schema and table without %, or remove lob",
    ),
    Case(
        "details_name_one_table",
        rows({"operator": "null"}),
        {**rows({"operator": "null"}), f"{TABLE}.table": "%"},
        "dms.tasks[0].tables[0].filters: given for public.%, which may be several tables; allowed: "
        "one table, by its whole name; write schema and table without %, or remove filters",
    ),
    Case(
        "details_name_one_table",
        {f"{TASK}.tables.1": {"schema": "public", "table": "audit", "action": "exclude"}},
        {
            f"{TASK}.tables.1": {
                "schema": "public",
                "table": "audit",
                "action": "exclude",
                "parallel_load": {"columns": ["id"], "boundaries": [["1000"]]},
            }
        },
        'dms.tasks[0].tables[1].parallel_load: given with action = "exclude"; allowed: tables '
        "that are included; remove parallel_load",
    ),
    Case(
        "limited_lobs_alone_have_a_size",
        {f"{TABLE}.table": "orders", f"{TABLE}.lob": {"mode": "unlimited"}},
        {f"{TABLE}.table": "orders", f"{TABLE}.lob": {"mode": "unlimited", "max_size_kb": 64}},
        'dms.tasks[0].tables[0].lob.max_size_kb: 64 given with mode = "unlimited"; allowed: a '
        'size with mode = "limited"; remove max_size_kb, or set mode = "limited"',
    ),
    Case(
        "boundaries_match_columns",
        {
            f"{TABLE}.table": "orders",
            f"{TABLE}.parallel_load": {"columns": ["id"], "boundaries": [["b"], ["a"]]},
        },
        {
            f"{TABLE}.table": "orders",
            f"{TABLE}.parallel_load": {"columns": ["id"], "boundaries": [["b"], ["b"]]},
        },
        'dms.tasks[0].tables[0].parallel_load.boundaries[1]: ["b"] given after ["b"]; allowed: '
        "boundaries in rising order, each once; put them in order: a segment that ends before it "
        "begins loads nothing",
    ),
    Case(
        "boundaries_match_columns",
        {
            f"{TABLE}.table": "orders",
            f"{TABLE}.parallel_load": {"columns": ["a", "b"], "boundaries": [["1", "x"]]},
        },
        {
            f"{TABLE}.table": "orders",
            f"{TABLE}.parallel_load": {"columns": ["a", "b"], "boundaries": [["1", "x"], ["2"]]},
        },
        'dms.tasks[0].tables[0].parallel_load.boundaries[1]: ["2"] given with columns = ["a", '
        '"b"]; allowed: a value for each column; add or remove values',
    ),
    Case(
        "boundaries_match_columns",
        {
            f"{TABLE}.table": "orders",
            f"{TABLE}.parallel_load": {
                "columns": ["id", "day"],
                "boundaries": [["9", "2026-01-31"], ["10", "2026-01-01"], ["10", "2026-02-01"]],
            },
        },
        {
            f"{TABLE}.table": "orders",
            f"{TABLE}.parallel_load": {"columns": ["id"], "boundaries": [["10"], ["9"]]},
        },
        'dms.tasks[0].tables[0].parallel_load.boundaries[1]: ["9"] given after ["10"]; allowed: '
        "boundaries in rising order, each once; put them in order: a segment that ends before it "
        "begins loads nothing",
    ),
    Case(
        "transformations_fit_their_target",
        transformation(),
        transformation(column=REMOVED),
        'dms.tasks[0].transformations[0].column: nothing given with target = "column"; '
        'allowed: a column\'s name or pattern; add column = "total"',
    ),
    Case(
        "transformations_fit_their_target",
        transformation(target="table", action="convert-lowercase", column=REMOVED),
        transformation(target="table", action="convert-lowercase"),
        'dms.tasks[0].transformations[0].column: "total" given with target = "table"; '
        'allowed: a column with target = "column", but for one that is added; remove column, or set '
        'target = "column"',
    ),
    Case(
        "transformations_fit_their_target",
        transformation(target="schema", action="rename", column=REMOVED, value="app"),
        transformation(
            target="schema", action="rename", column=REMOVED, value="app", table="orders"
        ),
        'dms.tasks[0].transformations[0].table: "orders" given with target = "schema"; '
        'allowed: a table with target = "table" or "column"; remove table, or set target = "table"',
    ),
    Case(
        "transformations_fit_their_target",
        transformation(action="convert-uppercase"),
        transformation(target="table", column=REMOVED),
        'dms.tasks[0].transformations[0].action: "remove-column" given with target = "table"; '
        'allowed: remove-column with target = "column"; set target = "column"',
    ),
    Case(
        "transformations_have_their_value",
        transformation(action="add-prefix", value="new_"),
        transformation(action="add-prefix"),
        'dms.tasks[0].transformations[0].value: nothing given with action = "add-prefix"; '
        'allowed: the new name, prefix or suffix, or the sign that masks digits; add value = "new_"',
    ),
    Case(
        "transformations_have_their_value",
        transformation(),
        transformation(value="new_"),
        'dms.tasks[0].transformations[0].value: "new_" given with action = "remove-column"; '
        "allowed: value with rename, add-prefix, add-suffix, remove-prefix, remove-suffix, "
        "replace-prefix, replace-suffix, add-column or data-masking-digits-mask; remove value",
    ),
    Case(
        "transformations_fit_their_target",
        transformation(
            action="add-column",
            column=REMOVED,
            value="name",
            expression="$a",
            data_type={"type": "string", "length": 50},
        ),
        transformation(
            action="add-column", value="name", expression="$a", data_type={"type": "int8"}
        ),
        'dms.tasks[0].transformations[0].column: "total" given with action = "add-column"; allowed: '
        'a column with target = "column", but for one that is added; remove column',
    ),
    Case(
        "transformations_fit_their_target",
        transformation(
            target="table",
            action="define-primary-key",
            column=REMOVED,
            primary_key={"name": "k", "columns": ["id"]},
        ),
        transformation(action="define-primary-key", primary_key={"name": "k", "columns": ["id"]}),
        'dms.tasks[0].transformations[0].action: "define-primary-key" given with target = "column"; '
        'allowed: define-primary-key with target = "table"; set target = "table"',
    ),
    Case(
        "transformations_have_their_value",
        transformation(action="replace-prefix", value="new_", old_value="old_"),
        transformation(action="replace-prefix", value="new_"),
        'dms.tasks[0].transformations[0].old_value: nothing given with action = "replace-prefix"; '
        'allowed: the prefix or suffix that is replaced; add old_value = "old_"',
    ),
    Case(
        "transformations_have_their_value",
        transformation(action="change-data-type", data_type={"type": "numeric", "precision": 12}),
        transformation(action="include-column", data_type={"type": "int8"}),
        "dms.tasks[0].transformations[0].data_type: a table given with action = "
        '"include-column"; allowed: data_type with add-column or change-data-type; remove data_type',
    ),
    Case(
        "before_images_have_a_name",
        transformation(
            action="add-before-image-columns",
            column=REMOVED,
            before_image={"column_suffix": "_before"},
        ),
        transformation(action="add-before-image-columns", column=REMOVED, before_image={}),
        "dms.tasks[0].transformations[0].before_image: neither column_prefix nor column_suffix "
        'given; allowed: one of them, or both; add column_suffix = "_before"',
    ),
    Case(
        "filters_fit_their_table",
        rows({"operator": "gte", "value": "1"}, {"operator": "null"}),
        rows({"operator": "gte"}),
        "dms.tasks[0].tables[0].filters[0].conditions[0].value: nothing given with operator = "
        '"gte"; allowed: what the column is compared with; add value = "2020-01-01"',
    ),
    Case(
        "filters_fit_their_table",
        rows({"operator": "noteq", "value": "1"}),
        rows({"operator": "noteq", "value": "1"}, {"operator": "null"}),
        'dms.tasks[0].tables[0].filters[0].conditions: operator = "noteq" given beside another '
        "condition; allowed: noteq, notbetween or notnull alone in its filter; make a filter of its "
        "own of it: a row has to pass every filter",
    ),
    Case(
        "filters_fit_their_table",
        rows({"operator": "between", "start_value": "1", "end_value": "2"}),
        rows({"operator": "between", "start_value": "1", "end_value": "2", "value": "1"}),
        'dms.tasks[0].tables[0].filters[0].conditions[0].value: "1" given with operator = '
        '"between"; allowed: start_value and end_value with it; remove value',
    ),
    Case(
        "filters_fit_their_table",
        rows({"operator": "between", "start_value": "b", "end_value": "a"}),
        rows({"operator": "between", "start_value": "10", "end_value": "9.5"}),
        'dms.tasks[0].tables[0].filters[0].conditions[0].end_value: "9.5" given, below start_value = '
        '"10"; allowed: a value that is not below start_value; put the two in order: nothing is '
        "between them",
    ),
    Case(
        "filters_fit_their_table",
        rows({"operator": "notnull"}),
        rows({"operator": "notnull", "end_value": "2"}),
        'dms.tasks[0].tables[0].filters[0].conditions[0].end_value: "2" given with operator = '
        '"notnull"; allowed: nothing to compare with; remove end_value',
    ),
    Case(
        "filters_fit_their_table",
        rows({"operator": "null"}),
        {
            f"{TABLE}.name": "orders",
            f"{TABLE}.filters": [{"column": "id", "conditions": [{"operator": "null"}]}],
        },
        'dms.tasks[0].tables[0].filters: given beside name = "orders", whose filters DMS passes '
        'over; allowed: filters beside table; write table = "orders" in place of name',
    ),
    Case(
        "filters_fit_their_table",
        {f"{TASK}.tables": [{"schema": "a"}, {"schema": "b", "action": "exclude"}]},
        {
            f"{TASK}.tables": [
                {"schema": "a"},
                {
                    "schema": "b",
                    "action": "exclude",
                    "filters": [{"column": "id", "conditions": [{"operator": "null"}]}],
                },
            ]
        },
        'dms.tasks[0].tables[1].filters: given with action = "exclude"; allowed: filters of tables '
        "that are included; remove filters",
    ),
    Case(
        "things_are_transformed_once",
        {
            f"{TASK}.transformations": [
                {"target": "table", "action": "add-prefix", "schema": "a", "value": "x"},
                {"target": "table", "action": "add-prefix", "schema": "b", "value": "x"},
            ]
        },
        {
            f"{TASK}.transformations": [
                {"target": "table", "action": "add-prefix", "schema": "a", "value": "x"},
                {"target": "table", "action": "convert-uppercase", "schema": "a"},
            ]
        },
        "dms.tasks[0].transformations[1]: a second transformation of a.% given; allowed: one for "
        "a schema or table, one of each action for a column; merge the two, or remove one",
    ),
    Case(
        "things_are_transformed_once",
        renames("log_a%", "log_b%"),
        renames("log%", "%_2025"),
        "dms.tasks[0].transformations[1]: a.%_2025 given, where another transformation of a.log% may "
        "name the same; allowed: one for a schema or table; write patterns that do not overlap, or "
        "remove one",
    ),
    Case(
        "storage_threshold_can_be_met",
        {"alarms.dms_free_storage_gib": 99},
        {"alarms.dms_free_storage_gib": 100},
        "alarms.dms_free_storage_gib: 100 given with dms.allocated_storage_gib = 100; "
        "allowed: less than 100 GiB; set dms_free_storage_gib = 20, or enlarge the storage",
    ),
    Case(
        "addresses_differ",
        {"alarms.emails": ["dba@example.org", "on-call@example.org"]},
        {"alarms.emails": ["dba@example.org", "DBA@example.org"]},
        'alarms.emails: "dba@example.org" given 2 times; allowed: each address once; '
        "remove it where it is repeated",
    ),
    Case(
        "clients_differ",
        {"aurora.client_cidrs": ["10.40.0.0/16", "10.41.0.0/16"]},
        {"aurora.client_cidrs": ["10.40.0.0/16", "10.40.0.0/16"]},
        'aurora.client_cidrs: "10.40.0.0/16" given 2 times; allowed: each once; remove it where it is '
        "repeated",
    ),
    Case(
        "groups_can_be_named",
        {
            "aurora.client_security_group_ids": ["sg-0123456789abcdef0"],
            "network.route_to_source.peering": {"vpc_id": "vpc-0123456789abcdef0"},
        },
        {"aurora.client_security_group_ids": ["sg-0123456789abcdef0"]},
        "aurora.client_security_group_ids: 1 given with a VPC that is made, and that nothing joins to "
        "another; allowed: groups of an existing VPC, of a peered one, or of one on the transit "
        "gateway; use client_cidrs, or give the applications the output clients_security_group_id",
    ),
    Case(
        "groups_are_in_the_region",
        {
            "aurora.client_security_group_ids": ["sg-0123456789abcdef0"],
            "network.route_to_source.transit_gateway_id": "tgw-0123456789abcdef0",
        },
        {
            "aurora.client_security_group_ids": ["sg-0123456789abcdef0"],
            "network.route_to_source.peering": {
                "vpc_id": "vpc-0123456789abcdef0",
                "region": "eu-west-1",
            },
        },
        "aurora.client_security_group_ids: given with a VPC that is peered from eu-west-1, not "
        "eu-central-1; allowed: groups of the same region; use client_cidrs",
    ),
    Case(
        "hosts_differ",
        {"alarms.https_hosts": ["events.pagerduty.com", "events.eu.pagerduty.com"]},
        {"alarms.https_hosts": ["events.pagerduty.com", "events.pagerduty.com"]},
        'alarms.https_hosts: "events.pagerduty.com" given 2 times; allowed: each host once; several '
        "pages of it may subscribe; remove it where it is repeated",
    ),
    Case(
        "hosts_can_confirm",
        {"alarms.https_hosts": ["events.pagerduty.com"]},
        {"alarms.https_hosts": ["shop.webhook.office.com"]},
        'alarms.https_hosts[0]: "shop.webhook.office.com" given, whose web hooks neither confirm nor '
        "read what SNS sends; allowed: hosts of services that take Amazon SNS, such as "
        "events.pagerduty.com; remove it, and give the topic to Amazon Q Developer in chat "
        "applications",
    ),
    Case(
        "topic_is_at_home",
        {"alarms.topic_arn": "arn:aws:sns:eu-central-1:111122223333:on-call"},
        {"alarms.topic_arn": "arn:aws:sns:eu-central-1:444455556666:on-call"},
        "alarms.topic_arn: a topic of eu-central-1 in 444455556666 (aws) given with aws.account_id = "
        '"111122223333", aws.region = "eu-central-1"; allowed: a topic of the same account and '
        "region; give one that is, which may pass on to another's queue or function",
    ),
    Case(
        "own_topic_has_its_receivers",
        {"alarms.topic_arn": "arn:aws:sns:eu-central-1:111122223333:on-call"},
        {
            "alarms.topic_arn": "arn:aws:sns:eu-central-1:111122223333:on-call",
            "alarms.https_hosts": ["events.pagerduty.com"],
        },
        "alarms.https_hosts: 1 given beside topic_arn; allowed: receivers of a topic that is made "
        "here; one's own topic has its own; remove https_hosts and subscribe them to the topic, or "
        "remove topic_arn",
    ),
    Case(
        "keys_differ",
        {"tags.extra": {"team": "a", "teams": "b"}},
        {"tags.extra": {"team": "a", "Team": "b"}},
        'tags.extra.Team: differs from "team" in case alone; allowed: keys that differ in more '
        "than case; remove one of the two",
    ),
)

IDS = [f"{case.rule}-{number}" for number, case in enumerate(CASES)]


@pytest.fixture(autouse=True)
def certificate(folder: Folder, ca_pem: str) -> None:
    """Put the certificate in place that some of the files name."""
    (folder.path / "source-ca.pem").write_text(ca_pem)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_a_broken_rule_is_one_line(case: Case, folder: Folder) -> None:
    folder.write("dev.toml", case.breaks)

    assert folder.lines() == [f"environments/dev.toml: {case.line}"]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_a_kept_rule_is_silent(case: Case, folder: Folder) -> None:
    folder.write("dev.toml", case.keeps)

    assert load_environments(folder.path)


def test_every_rule_has_a_case() -> None:
    assert {case.rule for case in CASES} == {rule.check.__name__ for rule in WITHIN}


@pytest.mark.parametrize("rule", WITHIN, ids=lambda rule: rule.check.__name__)
def test_a_rule_reads_what_its_row_says(rule: Rule) -> None:
    read: set[str] = set()
    for case in CASES:
        if case.rule == rule.check.__name__:
            for changes in (case.keeps, case.breaks):
                environment = Environment.model_validate({**document(changes), "name": "dev"})
                list(rule.check(Recorder.of(environment, read)))

    unforeseen = {
        path
        for path in read
        if not any(path == row or path.startswith(f"{row}.") for row in rule.reads)
    }
    assert unforeseen == set()


def test_what_says_a_setting_of_dmss_is_a_setting() -> None:
    for setting in SAID_BY_TASKS.values():
        assert find(Task, tuple(setting.split("."))).kind is not None


@pytest.mark.parametrize("end", ["source", "target"])
def test_what_says_an_attribute_is_a_setting(end: str) -> None:
    for setting in SAID_BY_ENDPOINTS[end].values():
        assert find(EnvironmentFile, tuple(setting.split("."))).kind is not None
