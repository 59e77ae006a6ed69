"""`ferry check aws dev` as a person types it, against local AWS.

What is asked, and which level comes of it; the sentences stand in the tests of each area.
"""

from __future__ import annotations

import contextlib
import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from moto.kms.models import Key

from ferry.cli import check as check_command
from ferry.deployment.state_bucket import bucket_of
from ferry.environments import find
from ferry.errors import FerryError
from ferry.prepare import state_bucket
from ferry.prepare.policies import chosen, documents, text
from local_aws.services.dms import offers
from local_aws.services.dms import quotas as dms_quotas
from local_aws.services.rds import quotas as rds_quotas
from local_aws.services.rds import versions
from settings.reading.loading import load_environments
from tests.unit.ferry.check.account.conftest import CANARY, TRUST
from tests.unit.local_aws.aws import sign_as

if TYPE_CHECKING:
    from boto3.session import Session

    from tests.unit.ferry.check.account.conftest import Dev

pytestmark = pytest.mark.slow

READING = ("Describe", "Get", "Head", "List", "Simulate")
BUCKET = "aurora-ferry-tfstate-{account}-eu-central-1"


# --- the command


def test_all_is_right(ready: Dev) -> None:
    result = ready.ferry("check", "aws", "dev")

    lines = result.stdout.splitlines()
    assert lines[0] == f"What dev needs, in account {ready.aws.account}, eu-central-1"
    bucket, arn = BUCKET.format(account=ready.aws.account), f"arn:aws:iam::{ready.aws.account}:"
    assert [line.removeprefix("  right       ") for line in lines[1:-1]] == [
        "Aurora PostgreSQL 15.8 is on offer in eu-central-1.",
        "db.r6g.large can be ordered for Aurora PostgreSQL 15.8 in eu-central-1.",
        "DB clusters in eu-central-1: 0 of 40 are used, room for the 1 that dev takes.",
        "DB instances in eu-central-1: 0 of 40 are used, room for the 3 that dev takes.",
        (
            "DB cluster parameter groups in eu-central-1: 0 of 50 are used, room for the 1 that dev "
            "takes."
        ),
        "DB parameter groups in eu-central-1: 0 of 50 are used, room for the 1 that dev takes.",
        "DB subnet groups in eu-central-1: 0 of 50 are used, room for the 1 that dev takes.",
        "DMS 3.6.1 can be ordered in eu-central-1.",
        "AWS names no end for DMS 3.6.1 yet.",
        "dms.c5.2xlarge can be ordered for DMS 3.6.1 in eu-central-1.",
        (
            "DMS replication instances in eu-central-1: 0 of 60 are used, room for the 1 that dev "
            "takes."
        ),
        (
            "GiB of storage of DMS replication instances in eu-central-1: 0 of 30000 are used, room "
            "for the 100 that dev takes."
        ),
        "DMS subnet groups in eu-central-1: 0 of 60 are used, room for the 1 that dev takes.",
        "DMS endpoints in eu-central-1: 0 of 1000 are used, room for the 2 that dev takes.",
        "DMS replication tasks in eu-central-1: 0 of 600 are used, room for the 1 that dev takes.",
        "VPCs in eu-central-1: 1 of 5 are used, room for the 1 that dev takes.",
        "eu-central-1 has the 3 zones that dev takes.",
        "db.r6g.large can be ordered in each of these zones.",
        "The role dms-vpc-role is there, with AmazonDMSVPCManagementRole.",
        "The role dms-cloudwatch-logs-role is there, with AmazonDMSCloudWatchLogsRole.",
        f"The bucket {bucket} is there and set up right.",
        (
            "The secret aurora-ferry-dev/source is there, and shaped as DMS needs it (username, "
            "password, host, port)."
        ),
        "The name aurora-ferry-dev/master is free.",
        "The name aurora-ferry-dev/target is free.",
        f"{arn}user/moto may do the 19 actions that decide over a deployment, by IAM's simulation.",
    ]
    assert lines[-1] == "25 right. All is right: plan."
    assert result.stderr == ""
    assert result.exit_code == 0


def test_nothing_is_written(ready: Dev) -> None:
    before = len(ready.calls())

    ready.check()

    made = [call["operation"] for call in ready.calls()[before:]]
    assert len(made) > 20
    assert [name for name in made if not name.startswith(READING)] == []


def test_every_finding_is_in_the_json(ready: Dev) -> None:
    checked = ready.check()

    assert checked.result.exit_code == 0
    assert set(checked.findings) == {
        "aurora-version",
        "aurora-class",
        "quota-db-clusters",
        "quota-db-instances",
        "quota-db-cluster-parameter-groups",
        "quota-db-parameter-groups",
        "quota-db-subnet-groups",
        "dms-version",
        "dms-version-end",
        "dms-class",
        "quota-dms-instances",
        "quota-dms-storage",
        "quota-dms-subnet-groups",
        "quota-dms-endpoints",
        "quota-dms-tasks",
        "quota-vpcs",
        "zones",
        "aurora-class-zones",
        "role-dms-vpc-role",
        "role-dms-cloudwatch-logs-role",
        "state-bucket",
        "source-secret",
        "master-secret",
        "target-secret",
        "permissions",
    }


def test_an_account_where_nothing_is_prepared(dev: Dev) -> None:
    checked = dev.check()

    blocked = {check for check in checked.findings if checked.levels(check) == ["blocked"]}
    assert blocked == {
        "role-dms-vpc-role",
        "role-dms-cloudwatch-logs-role",
        "state-bucket",
        "source-secret",
    }
    assert checked.result.exit_code == 4


def test_another_account_is_not_asked(dev: Dev) -> None:
    dev.file.write_text(dev.file.read_text().replace(dev.aws.account, "444455556666"))

    result = dev.ferry("check", "aws", "dev", "--json")

    assert result.stdout == ""
    assert result.stderr.startswith(f"You are signed in to account {dev.aws.account} (")
    assert result.exit_code == 3


def test_an_environment_that_is_not_there(dev: Dev) -> None:
    result = dev.ferry("check", "aws", "test")

    assert result.stderr.startswith("There is no environment 'test'; ")
    assert result.exit_code == 2


def test_no_credentials(dev: Dev, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    result = dev.ferry("check", "aws", "dev")

    assert "no complete AWS credentials were found" in result.stderr
    assert result.exit_code == 3


def test_the_date_is_todays() -> None:
    assert isinstance(check_command.today(), date)


# --- versions and classes on offer


def test_nothing_that_the_file_names_is_on_offer(ready: Dev) -> None:
    ready.says(
        aurora='engine_version = "15.9"',
        dms='engine_version = "3.5.2"\ninstance_class = "dms.c4.large"',
    )
    file = ready.file.read_text()
    ready.file.write_text(file.replace("db.r6g.large", "db.r5.large"))

    checked = ready.check()

    assert checked.levels("aurora-version", "aurora-class", "dms-version", "dms-class") == [
        "blocked",
        "blocked",
        "blocked",
        "blocked",
    ]
    assert "Aurora PostgreSQL 15.10" in checked.what("aurora-class")
    assert "DMS 3.5.3" in checked.what("dms-class")


def test_a_region_that_offers_nothing(ready: Dev, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "VERSIONS", ())
    monkeypatch.setattr(offers, "ENGINE_VERSIONS", ())

    checked = ready.check()

    assert checked.levels("aurora-version", "dms-version") == ["blocked", "blocked"]
    assert not {"aurora-class", "dms-class"} & set(checked.findings)


def test_what_is_no_version_of_aurora_proper_is_not_recommended(
    ready: Dev, monkeypatch: pytest.MonkeyPatch
) -> None:
    described = versions._engine_version  # noqa: SLF001 - to add to its answer

    def limitless(version: str) -> dict[str, Any]:
        more = "15.9-limitless" if version == "15.10" else version
        return {**described(version), "EngineVersion": more}

    monkeypatch.setattr(versions, "_engine_version", limitless)
    ready.says(aurora='engine_version = "15.9"')

    [version] = ready.check().findings["aurora-version"]

    assert version["remedy"].startswith('Set aurora.engine_version = "15.12" in dev.toml')


def test_the_end_of_a_dms_version(ready: Dev) -> None:
    ready.says(dms='engine_version = "3.5.4"')

    checked = ready.check()

    assert checked.levels("dms-version", "dms-version-end") == ["right", "warning"]
    assert checked.result.exit_code == 1


def test_a_dms_version_whose_end_is_far(ready: Dev, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_command, "today", lambda: date(2026, 1, 1))
    ready.says(dms='engine_version = "3.5.4"')

    assert ready.check().levels("dms-version-end") == ["right"]


def test_versions_of_dms_come_in_pages(ready: Dev, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local_aws.services.dms.shelf._PAGE", 2)
    ready.says(dms='engine_version = "3.5.4"')

    assert ready.check().levels("dms-version-end") == ["warning"]


# --- what runs


@pytest.fixture
def deployed(ready: Dev) -> Dev:
    """With a cluster of 15.10 and a replication instance of 3.5.4, as the stack names them."""
    aws, subnet_ids = ready.aws, ready.aws.subnet_ids()
    aws.rds.create_db_subnet_group(
        DBSubnetGroupName="g", DBSubnetGroupDescription="g", SubnetIds=subnet_ids
    )
    aws.rds.create_db_cluster(
        DBClusterIdentifier="aurora-ferry-dev",
        Engine="aurora-postgresql",
        EngineVersion="15.10",
        MasterUsername="u",
        MasterUserPassword="a-password",
        DBSubnetGroupName="g",
    )
    aws.rds.create_db_instance(
        DBInstanceIdentifier="aurora-ferry-dev-writer",
        DBClusterIdentifier="aurora-ferry-dev",
        DBInstanceClass="db.r6g.large",
        Engine="aurora-postgresql",
    )
    aws.dms.create_replication_subnet_group(
        ReplicationSubnetGroupIdentifier="g",
        ReplicationSubnetGroupDescription="g",
        SubnetIds=subnet_ids,
    )
    aws.dms.create_replication_instance(
        ReplicationInstanceIdentifier="aurora-ferry-dev",
        ReplicationInstanceClass="dms.c5.2xlarge",
        ReplicationSubnetGroupIdentifier="g",
        EngineVersion="3.5.4",
    )
    return ready


def test_what_runs_is_what_the_file_says(deployed: Dev) -> None:
    deployed.says(aurora='engine_version = "15.10"', dms='engine_version = "3.5.4"')

    checked = deployed.check()

    assert checked.levels("aurora-version", "aurora-class") == ["right"] * 2
    assert checked.levels("dms-version", "dms-class") == ["right"] * 2


def test_what_is_there_takes_no_quota(deployed: Dev) -> None:
    deployed.aws.dms.create_endpoint(
        EndpointIdentifier="aurora-ferry-dev-source",
        EndpointType="source",
        EngineName="postgres",
    )
    vpc = deployed.aws.ec2.create_vpc(CidrBlock="10.20.0.0/20")["Vpc"]["VpcId"]
    deployed.aws.ec2.create_tags(
        Resources=[vpc], Tags=[{"Key": "Name", "Value": "aurora-ferry-dev"}]
    )
    deployed.says(aurora='engine_version = "15.10"')

    findings = deployed.check().findings

    quotas = {check: finding["what"] for check, [finding] in findings.items() if "quota" in check}
    assert quotas == {
        "quota-db-instances": "DB instances in eu-central-1: 1 of 40 are used, room for the 2 that "
        "dev takes.",
        "quota-dms-endpoints": "DMS endpoints in eu-central-1: 1 of 1000 are used, room for the 1 "
        "that dev takes.",
        "quota-dms-tasks": "DMS replication tasks in eu-central-1: 0 of 600 are used, room for the "
        "1 that dev takes.",
    }


@pytest.mark.parametrize(
    ("aurora", "level"),
    [
        ('engine_version = "15.8"', "blocked"),
        ('engine_version = "15.13"', "right"),
        ('engine_version = "16.4"', "blocked"),
        ('engine_version = "16.8"', "blocked"),
        ('engine_version = "16.8"\nallow_major_version_upgrade = true', "right"),
    ],
)
def test_an_upgrade_of_the_cluster(deployed: Dev, aurora: str, level: str) -> None:
    deployed.says(aurora=aurora)

    assert deployed.check().levels("aurora-version") == [level]


@pytest.mark.parametrize(
    ("wanted", "level"), [("3.5.3", "blocked"), ("3.6.1", "right"), ("3.6.2", "blocked")]
)
def test_an_upgrade_of_the_replication_instance(deployed: Dev, wanted: str, level: str) -> None:
    deployed.says(dms=f'engine_version = "{wanted}"')

    assert deployed.check().levels("dms-version") == [level]


def test_what_runs_is_withdrawn(deployed: Dev, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "VERSIONS", ("15.12",))
    monkeypatch.setattr(offers, "ENGINE_VERSIONS", ("3.6.1",))
    deployed.says(aurora='engine_version = "15.10"', dms='engine_version = "3.5.4"')

    checked = deployed.check()

    for check in ("aurora-version", "aurora-class", "dms-version", "dms-class"):
        assert checked.levels(check) == ["warning"]
    assert checked.result.exit_code == 1


# --- quotas


def test_quotas_of_rds_and_dms_that_are_used_up(
    ready: Dev, monkeypatch: pytest.MonkeyPatch
) -> None:
    for maxima in (rds_quotas.MAXIMA, dms_quotas.MAXIMA):
        for name in maxima:
            monkeypatch.setitem(maxima, name, 0)

    findings = ready.check().findings

    assert len([check for check, [found] in findings.items() if found["level"] == "blocked"]) == 10


def test_a_quota_that_aws_does_not_list(ready: Dev, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(dms_quotas.MAXIMA, "ReplicationTasks")

    checked = ready.check()

    assert checked.levels("quota-dms-tasks") == ["warning"]
    assert checked.result.exit_code == 1


def test_quotas_of_the_network_that_are_used_up(ready: Dev) -> None:
    ec2 = ready.aws.ec2
    [zone] = [f"{ready.aws.region}a"]
    for number in range(4):
        ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")
    subnet = ec2.describe_subnets(Filters=[{"Name": "availability-zone", "Values": [zone]}])
    for _ in range(5):
        address = ec2.allocate_address(Domain="vpc")["AllocationId"]
        ec2.create_nat_gateway(SubnetId=subnet["Subnets"][0]["SubnetId"], AllocationId=address)
    ready.says(vpc='nat = "one-per-zone"')

    checked = ready.check()

    assert "5 of 5 are used, no room for the 1 that" in checked.what("quota-vpcs")
    assert "5 of 5 are used, no room for the 3 that" in checked.what("quota-elastic-ips")
    assert "5 of 5 are used, no room for the 1 that" in checked.what("quota-nat-gateways")
    ready.says(vpc='nat = "single"\navailability_zones = ["eu-central-1b", "eu-central-1a"]')
    assert "0 of 5 are used, room for the 1" in ready.check().what("quota-nat-gateways")


def test_nat_gateways_that_are_there_take_no_quota(ready: Dev) -> None:
    ec2 = ready.aws.ec2
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    gateway = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]
    ec2.create_tags(
        Resources=[address, gateway["NatGatewayId"]],
        Tags=[{"Key": "Name", "Value": "aurora-ferry-dev-nat-1"}],
    )
    ready.says(vpc='nat = "single"')

    assert not {"quota-elastic-ips", "quota-nat-gateways"} & set(ready.check().findings)


def test_an_existing_vpc_takes_no_quota_of_the_network(ready: Dev) -> None:
    subnets = '["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]'
    existing = (
        '[network.existing_vpc]\nvpc_id = "vpc-0123456789abcdef0"\n'
        f"aurora_subnet_ids = {subnets}\ndms_subnet_ids = {subnets}"
    )
    new = '[network.vpc]\ncidr = "10.20.0.0/20"\nroute_made_elsewhere = true'
    file = ready.file.read_text()
    assert new in file
    ready.file.write_text(file.replace(new, existing))

    assert "quota-vpcs" not in ready.check().findings


# --- roles and the bucket


def test_roles_that_were_changed(ready: Dev) -> None:
    iam = ready.aws.iam
    iam.update_assume_role_policy(
        RoleName="dms-vpc-role", PolicyDocument=TRUST.replace("dms.", "rds.")
    )
    iam.detach_role_policy(
        RoleName="dms-cloudwatch-logs-role",
        PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonDMSCloudWatchLogsRole",
    )

    checked = ready.check()

    assert checked.levels("role-dms-vpc-role") == ["blocked"]
    assert checked.levels("role-dms-cloudwatch-logs-role") == ["warning"]


def test_a_bucket_whose_settings_were_changed(ready: Dev) -> None:
    name = BUCKET.format(account=ready.aws.account)
    ready.aws.s3.delete_bucket_policy(Bucket=name)
    ready.aws.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Suspended"})

    checked = ready.check()

    assert "Wanted: policy: TLS only; versioning: on." in checked.what("state-bucket")
    assert checked.result.exit_code == 1
    assert ready.aws.s3.get_bucket_versioning(Bucket=name)["Status"] == "Suspended"


def test_a_bucket_of_another_account(ready: Dev) -> None:
    ready.refuse("s3:HeadBucket")  # what S3 answers where the owner is not the expected one

    checked = ready.check()

    assert checked.levels("state-bucket") == ["blocked"]
    assert "does not own it" in checked.what("state-bucket")


def test_a_bucket_in_another_region(dev: Dev) -> None:
    clients = dev.aws.clients
    s3 = clients.session.client("s3", endpoint_url=clients.url, region_name="eu-west-1")
    with contextlib.closing(s3):
        s3.create_bucket(
            Bucket=BUCKET.format(account=dev.aws.account),
            CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
        )

    checked = dev.check()

    assert checked.levels("state-bucket") == ["blocked"]
    assert "is in eu-west-1" in checked.what("state-bucket")


# --- secrets


@pytest.mark.parametrize(
    ("changes", "level", "said"),
    [
        ({}, "right", "is there, and shaped as DMS needs it"),
        ({"host": ""}, "blocked", "lacks host"),
        ({"port": "none"}, "blocked", "no port number"),
        ({"password": f"{CANARY};"}, "blocked", "punctuation that DMS rejects"),
        ({"host": "192.168.10.16"}, "warning", "another host or port"),
    ],
)
def test_the_source_secrets_shape(
    ready: Dev, changes: dict[str, Any], level: str, said: str
) -> None:
    ready.write_secret(**changes)

    checked = ready.check()

    assert checked.levels("source-secret") == [level]
    assert said in checked.what("source-secret")


@pytest.mark.parametrize("value", [{"SecretString": CANARY}, {"SecretBinary": CANARY.encode()}])
def test_a_source_secret_that_is_no_json(ready: Dev, value: dict[str, Any]) -> None:
    ready.aws.secretsmanager.put_secret_value(SecretId="aurora-ferry-dev/source", **value)

    assert "is not a JSON object" in ready.check().what("source-secret")


def test_a_source_secret_without_a_value(dev: Dev) -> None:
    dev.aws.secretsmanager.create_secret(Name="aurora-ferry-dev/source")

    assert "has no value" in dev.check().what("source-secret")


def test_the_secret_of_the_way_back_where_there_is_one(ready: Dev) -> None:
    assert "reverse-secret" not in ready.check().findings

    ready.says(dms="rollback = true")
    assert ready.check().levels("reverse-secret") == ["blocked"]

    ready.aws.secretsmanager.create_secret(Name="aurora-ferry-dev/reverse", SecretString=CANARY)
    assert ready.check().levels("reverse-secret") == ["right"]

    ready.refuse("secretsmanager:DescribeSecret")
    assert ready.check().levels("reverse-secret") == ["not judged"]


def test_a_secret_of_the_users_own_under_a_key_of_its_own(ready: Dev) -> None:
    key = ready.aws.kms.create_key()["KeyMetadata"]["Arn"]
    value = {"username": "dms", "password": CANARY, "host": "192.168.10.15", "port": 5432}
    arn = ready.aws.secretsmanager.create_secret(
        Name="mine", KmsKeyId=key, SecretString=json.dumps(value)
    )["ARN"]
    ready.says(source=f'secret_arn = "{arn}"')

    checked = ready.check()

    assert checked.levels("source-secret") == ["warning"]
    ready.says(source=f'secret_arn = "{arn}"\nsecret_kms_key_arn = "{key}"')
    assert ready.check().levels("source-secret") == ["right"]


def test_a_key_of_ones_own(ready: Dev) -> None:
    made = ready.aws.kms.create_key()["KeyMetadata"]["Arn"]
    ready.says(own=f'kms_key_arn = "{made}"')
    assert ready.check().levels("key", "key-policy") == ["right", "blocked"]

    document = json.loads(ready.ferry("policies", "dev", "key").stdout)
    ready.aws.kms.put_key_policy(KeyId=made, PolicyName="default", Policy=json.dumps(document))
    assert ready.check().levels("key", "key-policy") == ["right", "right"]

    ready.refuse("kms:GetKeyPolicy")
    assert ready.check().levels("key", "key-policy") == ["right", "not judged"]
    ready.refuse("kms:DescribeKey")
    assert ready.check().levels("key") == ["not judged"]
    assert "key-policy" not in ready.check().findings


def test_a_key_of_another_account(ready: Dev, session: Session) -> None:
    sign_as(session, "444455556666")
    theirs = ready.aws.kms.create_key()["KeyMetadata"]["Arn"]
    ready.says(own=f'kms_key_arn = "{theirs}"')

    checked = ready.check()

    assert checked.levels("key", "key-policy") == ["right", "warning"]
    assert "GetKeyPolicy" not in {call["operation"] for call in ready.calls()}


def test_a_key_that_is_not_there(ready: Dev) -> None:
    arn = f"arn:aws:kms:eu-central-1:{ready.aws.account}:key/00000000-0000-0000-0000-000000000000"
    ready.says(own=f'kms_key_arn = "{arn}"')

    checked = ready.check()

    assert checked.what("key") == f"There is no key {arn}."
    assert "key-policy" not in checked.findings


def test_without_a_key_of_ones_own_none_is_looked_at(ready: Dev) -> None:
    assert "key" not in ready.check().findings


def test_a_key_whose_imported_material_expires(ready: Dev, monkeypatch: pytest.MonkeyPatch) -> None:
    made = ready.aws.kms.create_key()["KeyMetadata"]["Arn"]
    ready.says(own=f'kms_key_arn = "{made}"')
    described = Key.to_dict

    def expiring(key: Key) -> dict[str, Any]:
        return {"KeyMetadata": {**described(key)["KeyMetadata"], "ValidTo": 1_800_000_000}}

    monkeypatch.setattr(Key, "to_dict", expiring)

    assert ready.check().what("key") == f"The material of the key {made} expires on 2027-01-15."


def test_a_topic_of_ones_own(ready: Dev) -> None:
    topic = ready.aws.sns.create_topic(Name="on-call")["TopicArn"]
    ready.says(alarms=f'topic_arn = "{topic}"')
    assert ready.check().levels("topic") == ["blocked", "warning"]
    assert "topic-key" not in ready.check().findings

    document = ready.ferry("policies", "dev", "topic").stdout
    _set(ready, topic, Policy=document)
    ready.aws.sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="on-call@example.org")
    assert ready.check().levels("topic") == ["right"]

    ready.refuse("sns:GetTopicAttributes")
    assert ready.check().levels("topic") == ["not judged"]


def test_the_key_of_a_topic_of_ones_own(ready: Dev, session: Session) -> None:
    topic = ready.aws.sns.create_topic(Name="on-call")["TopicArn"]
    ready.says(alarms=f'topic_arn = "{topic}"')
    made = ready.aws.kms.create_key()["KeyMetadata"]["Arn"]
    _set(ready, topic, KmsMasterKeyId=made)
    assert ready.check().levels("topic-key") == ["blocked"]

    everybody = {"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}
    ready.aws.kms.put_key_policy(
        KeyId=made, PolicyName="default", Policy=json.dumps({"Statement": [everybody]})
    )
    assert ready.check().levels("topic-key") == ["right"]

    ready.refuse("kms:GetKeyPolicy")
    assert ready.check().levels("topic-key") == ["not judged"]

    sign_as(session, "444455556666")
    theirs = ready.aws.kms.create_key()["KeyMetadata"]["Arn"]
    sign_as(session, ready.aws.account)
    _set(ready, topic, KmsMasterKeyId=theirs)
    assert ready.check().levels("topic-key") == ["warning"]


def test_a_topic_that_is_not_there(ready: Dev) -> None:
    arn = f"arn:aws:sns:eu-central-1:{ready.aws.account}:on-call"
    ready.says(alarms=f'topic_arn = "{arn}"')

    assert ready.check().what("topic") == f"There is no topic {arn}."


def _set(dev: Dev, topic: str, **attributes: str) -> None:
    for name, value in attributes.items():
        dev.aws.sns.set_topic_attributes(TopicArn=topic, AttributeName=name, AttributeValue=value)


def test_groups_of_ones_own_that_aurora_lets_in(ready: Dev) -> None:
    vpc = ready.aws.ec2.create_vpc(CidrBlock="10.30.0.0/16")["Vpc"]["VpcId"]
    group = ready.aws.ec2.create_security_group(GroupName="apps", Description="it", VpcId=vpc)
    peering = f'[network.route_to_source]\npeering = {{ vpc_id = "{vpc}" }}'
    for named, level in ((group["GroupId"], "right"), ("sg-0123456789abcdef0", "blocked")):
        ready.says(vpc=peering, aurora=f'client_security_group_ids = ["{named}"]')
        assert ready.check().levels("client-groups") == [level]

    ready.refuse("ec2:DescribeSecurityGroups")
    assert ready.check().levels("client-groups") == ["not judged"]


def test_the_way_to_the_source(ready: Dev) -> None:
    ec2 = ready.aws.ec2
    tgw = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    vgw = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    vpc = ec2.create_vpc(CidrBlock="192.168.0.0/16")["Vpc"]["VpcId"]
    missing = "0123456789abcdef0"
    for way, level in (
        (f'transit_gateway_id = "{tgw}"', "right"),
        (f'transit_gateway_id = "tgw-{missing}"', "blocked"),
        (f'virtual_private_gateway_id = "{vgw}"', "right"),
        (f'virtual_private_gateway_id = "vgw-{missing}"', "blocked"),
        (f'peering = {{ vpc_id = "{vpc}" }}', "right"),
        (f'peering = {{ vpc_id = "vpc-{missing}" }}', "blocked"),
    ):
        ready.says(vpc=f"[network.route_to_source]\n{way}")
        assert ready.check().levels("way-to-the-source") == [level], way

    ready.refuse("ec2:DescribeVpcs")
    assert ready.check().levels("way-to-the-source") == ["not judged"]


def test_a_virtual_private_gateway_may_be_attached_to_the_environments_vpc(ready: Dev) -> None:
    ec2 = ready.aws.ec2
    vgw = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/20")["Vpc"]["VpcId"]
    ec2.attach_vpn_gateway(VpnGatewayId=vgw, VpcId=vpc)
    ready.says(vpc=f'[network.route_to_source]\nvirtual_private_gateway_id = "{vgw}"')

    assert ready.check().levels("way-to-the-source") == ["warning"]
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": "aurora-ferry-dev"}])
    assert ready.check().levels("way-to-the-source") == ["right"]


def test_zones_that_nobody_tells_are_not_judged(ready: Dev) -> None:
    ready.refuse("rds:DescribeOrderableDBInstanceOptions")
    assert ready.check().levels("zones", "aurora-class-zones") == ["right", "not judged"]

    ready.refuse("ec2:DescribeAvailabilityZones")
    checked = ready.check()
    assert checked.levels("zones") == ["not judged"]
    assert "aurora-class-zones" not in checked.findings


def test_secrets_that_are_scheduled_for_deletion(ready: Dev) -> None:
    secretsmanager = ready.aws.secretsmanager
    for name in ("master", "target"):
        secretsmanager.create_secret(Name=f"aurora-ferry-dev/{name}", SecretString=CANARY)
    for name in ("master", "source"):
        secretsmanager.delete_secret(SecretId=f"aurora-ferry-dev/{name}", RecoveryWindowInDays=7)

    checked = ready.check()

    assert checked.levels("source-secret", "master-secret", "target-secret") == [
        "blocked",
        "blocked",
        "right",
    ]


# --- permissions


def role(dev: Dev, *actions: str, **more: object) -> str:
    """A role that may do these actions; its ARN."""
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*", **more}
    made = dev.aws.iam.create_role(
        RoleName="deployer", Path="/teams/", AssumeRolePolicyDocument=TRUST
    )
    dev.aws.iam.put_role_policy(
        RoleName="deployer",
        PolicyName="p",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    return str(made["Role"]["Arn"])


def test_aurora_alone_needs_nothing_of_dms(dev: Dev) -> None:
    dev.is_aurora_alone()
    assert list(state_bucket.prepare(dev.aws.s3, bucket_of(find("dev"))))

    checked = dev.check()

    assert checked.result.exit_code == 0
    assert [
        check for check in checked.findings if check.startswith(("dms", "role", "source"))
    ] == []
    assert {"aurora-version", "quota-db-clusters", "state-bucket", "permissions"} <= set(
        checked.findings
    )
    assert [call["operation"] for call in dev.calls() if call["service"] == "dms"] == []


def test_a_deployer_that_may_all(ready: Dev) -> None:
    arn = role(ready, "*")

    assert ready.check("--deployer", arn).what("permissions") == (
        f"{arn} may do the 19 actions that decide over a deployment, by IAM's simulation."
    )


@pytest.mark.parametrize("boundary", [False, True], ids=["without boundary", "with boundary"])
def test_a_deployer_with_the_policies_of_the_documents(ready: Dev, *, boundary: bool) -> None:
    if boundary:
        named = f"arn:aws:iam::{ready.aws.account}:policy/aurora-ferry-boundary"
        given = f'[aws]\npermissions_boundary_arn = "{named}"'
        ready.file.write_text(ready.file.read_text().replace("[aws]", given))
    iam = ready.aws.iam
    arn = iam.create_role(RoleName="deployer", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    [dev] = load_environments(ready.file.parent, selected="dev")
    for document in chosen(documents(dev, [dev]), ["plan", "apply"]):
        policy = iam.create_policy(PolicyName=document.name, PolicyDocument=text(document))
        iam.attach_role_policy(RoleName="deployer", PolicyArn=policy["Policy"]["Arn"])

    assert ready.check("--deployer", arn).levels("permissions") == ["right"]


def test_a_deployer_that_may_not_all(ready: Dev) -> None:
    arn = role(ready, "s3:*", "ec2:*", "rds:*", "dms:*", "kms:*", "logs:*", "secretsmanager:*")

    checked = ready.check("--deployer", arn)

    assert checked.what("permissions") == (
        f"{arn} may not: iam:PassRole, cloudwatch:PutMetricAlarm, sns:CreateTopic."
    )
    assert checked.result.exit_code == 4


def test_a_deployer_whose_policies_ask_for_what_nobody_knows(ready: Dev) -> None:
    arn = role(ready, "*", Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}})

    checked = ready.check("--deployer", arn)

    assert checked.levels("permissions") == ["not judged"]
    actions = checked.what("permissions").partition(": ")[2].rstrip(".")
    assert checked.what("permissions") == f"Whether {arn} may is not known for: {actions}."
    assert {"s3:GetObject", "kms:CreateKey"} <= set(actions.split(", "))
    assert "aws:SourceVpce" in checked.why("permissions")
    assert checked.result.exit_code == 3


def test_a_deployer_that_is_not_there(ready: Dev) -> None:
    checked = ready.check("--deployer", f"arn:aws:iam::{ready.aws.account}:role/deployer")

    assert checked.levels("permissions") == ["not judged"]
    assert "AWS refused SimulatePrincipalPolicy (NoSuchEntity)" in checked.why("permissions")


# --- what AWS does not answer


def test_nothing_may_be_asked(ready: Dev) -> None:
    ready.refuse(
        "rds:DescribeDBEngineVersions",
        "rds:DescribeAccountAttributes",
        "dms:DescribeEngineVersions",
        "dms:DescribeAccountAttributes",
        "ec2:DescribeAvailabilityZones",
        "servicequotas:GetServiceQuota",
        "iam:GetRole",
        "s3:GetBucketVersioning",
        "secretsmanager:DescribeSecret",
        "iam:SimulatePrincipalPolicy",
    )

    checked = ready.check()

    assert {check: checked.levels(check) for check in checked.findings} == {
        check: ["not judged"]
        for check in (
            "aurora-version",
            "quotas-rds",
            "dms-version",
            "quotas-dms",
            "quota-vpcs",
            "zones",
            "role-dms-vpc-role",
            "role-dms-cloudwatch-logs-role",
            "state-bucket",
            "source-secret",
            "master-secret",
            "target-secret",
            "permissions",
        )
    }
    assert checked.result.exit_code == 3
    assert checked.why("quotas-dms") == (
        "Could not read the quotas of DMS: AWS denied DescribeAccountAttributes (AccessDenied)."
    )


def test_some_may_not_be_asked(ready: Dev) -> None:
    ready.refuse(
        "rds:DescribeOrderableDBInstanceOptions",
        "dms:DescribeReplicationTasks",
        "secretsmanager:GetSecretValue",
    )

    checked = ready.check()

    for check in ("aurora-class", "quotas-dms", "source-secret"):
        assert checked.levels(check) == ["not judged"]
    assert checked.what("source-secret") == (
        "What the secret aurora-ferry-dev/source holds could not be judged."
    )
    assert checked.result.exit_code == 3


def test_s3_fails(ready: Dev, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    rule = {"services": ["s3"], "accounts": [ready.aws.account], "share": 1}
    ready.aws.post("/local-aws/faults", {"rules": [rule]})

    checked = ready.check()

    assert checked.levels("state-bucket") == ["not judged"]


def test_nobody_who_could_be_simulated(ready: Dev, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_iam: object, arn: str) -> str:
        raise FerryError(f"{arn} is the root user.")

    monkeypatch.setattr("ferry.check.account.permissions.principal", nobody)

    checked = ready.check()

    assert checked.what("permissions") == "What the deployer may do could not be judged."
    assert checked.why("permissions").endswith("is the root user.")
    assert ready.check("--deployer", role(ready, "*")).levels("permissions") == ["right"]
