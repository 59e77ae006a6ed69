import json
from pathlib import Path

from cdktf import TerraformStack, Testing
from cdktf_cdktf_provider_aws.data_aws_vpc import DataAwsVpc
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic

from constructs_lib.acknowledge import acknowledge


def test_the_reason_travels_beside_the_path_in_the_comment_of_the_resource(
    stack: TerraformStack,
) -> None:
    topic = SnsTopic(stack, "topic", name="alarms")

    acknowledge(topic, "CKV_AWS_26", reason="it carries no data")

    folder = Path(Testing.full_synth(stack))
    document = json.loads((folder / "stacks" / "test" / "cdk.tf.json").read_text())
    comment = document["resource"]["aws_sns_topic"]["topic"]["//"]
    assert comment["acknowledged"] == {"CKV_AWS_26": "it carries no data"}
    assert comment["metadata"]["path"] == "test/topic"


def test_a_data_source_keeps_its_reason_too(stack: TerraformStack) -> None:
    vpc = DataAwsVpc(stack, "vpc", id="vpc-1")

    acknowledge(vpc, "CKV_AWS_394", reason="it is remembered")

    folder = Path(Testing.full_synth(stack))
    document = json.loads((folder / "stacks" / "test" / "cdk.tf.json").read_text())
    comment = document["data"]["aws_vpc"]["vpc"]["//"]
    assert comment["acknowledged"] == {"CKV_AWS_394": "it is remembered"}
    assert comment["metadata"]["path"] == "test/vpc"
