"""The AWS provider itself, loaded as shipped and lean; minutes on a cold machine."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.unit.lean_bindings.conftest import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.lean_bindings.conftest import Project

pytestmark = pytest.mark.slow

_ACTIVATE = """\
import sys
from pathlib import Path
import lean_bindings

lean_bindings.activate("cdktf_cdktf_provider_aws", sources=[Path(__file__).parent])
"""

# Whatever passes between Python and node in another way: tokens, nested blocks as classes and as
# dicts, lists, interfaces, outputs of nested blocks, aspects, overrides, imports, references.
_STACKS = """
import jsii
from cdktf import App, Aspects, Fn, IAspect, S3Backend, TerraformOutput, TerraformStack, Testing, Token
from cdktf_cdktf_provider_aws.data_aws_availability_zones import DataAwsAvailabilityZones
from cdktf_cdktf_provider_aws.dms_endpoint import DmsEndpoint, DmsEndpointPostgresSettings
from cdktf_cdktf_provider_aws.kms_key import KmsKey
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.rds_cluster import RdsCluster
from cdktf_cdktf_provider_aws.rds_cluster import RdsClusterServerlessv2ScalingConfiguration as Scaling
from cdktf_cdktf_provider_aws.security_group import SecurityGroup, SecurityGroupIngress
from cdktf_cdktf_provider_aws.wafv2_web_acl import Wafv2WebAcl
import cdktf_cdktf_provider_aws as aws


@jsii.implements(IAspect)
class Tagged:
    def visit(self, node):
        if isinstance(node, (KmsKey, RdsCluster)):
            node.tags = {"Name": node.friendly_unique_id}


class Sample(TerraformStack):
    def __init__(self, scope, id_):
        super().__init__(scope, id_)
        S3Backend(self, bucket="b", key="k", region="eu-central-1")
        AwsProvider(self, "aws", region="eu-central-1", default_tags=[{"tags": {"a": "b"}}])
        zones = DataAwsAvailabilityZones(self, "zones", state="available")
        vpc = aws.vpc.Vpc(self, "vpc", cidr_block="10.0.0.0/16")
        subnets = [
            aws.subnet.Subnet(
                self,
                f"subnet-{index}",
                vpc_id=vpc.id,
                cidr_block=Fn.cidrsubnet(vpc.cidr_block, 8, index),
                availability_zone=Token.as_string(Fn.element(zones.names, index)),
            )
            for index in range(2)
        ]
        SecurityGroup(
            self,
            "group",
            vpc_id=vpc.id,
            ingress=[SecurityGroupIngress(from_port=1, to_port=2, protocol="tcp")],
        )
        key = KmsKey(self, "key", enable_key_rotation=True)
        cluster = RdsCluster(
            self,
            "cluster",
            engine="aurora-postgresql",
            kms_key_id=key.arn,
            availability_zones=[subnet.availability_zone for subnet in subnets],
            serverlessv2_scaling_configuration=Scaling(min_capacity=0.5, max_capacity=2),
            lifecycle={"prevent_destroy": True},
        )
        cluster.add_override("master_password_wo", "${ephemeral.x.y.z}")
        cluster.import_from("existing")
        DmsEndpoint(
            self,
            "endpoint",
            endpoint_id="e",
            endpoint_type="source",
            engine_name="aurora-postgresql",
            server_name=cluster.endpoint,
            port=Token.as_number(cluster.port),
            postgres_settings=DmsEndpointPostgresSettings(capture_ddls=True),
            depends_on=[cluster],
        )
        acl = Wafv2WebAcl(
            self,
            "acl",
            scope="REGIONAL",
            default_action={"allow": {}},
            visibility_config={
                "cloudwatch_metrics_enabled": True,
                "metric_name": "m",
                "sampled_requests_enabled": False,
            },
        )
        acl.put_visibility_config(
            cloudwatch_metrics_enabled=False, metric_name="n", sampled_requests_enabled=True
        )
        TerraformOutput(self, "secret", value=cluster.master_user_secret.get(0).secret_arn)
        TerraformOutput(self, "capacity", value=cluster.serverlessv2_scaling_configuration_input)
        Aspects.of(self).add(Tagged())


app = App(outdir=sys.argv[1])
stack = Sample(app, "sample")
found = [node for node in stack.node.find_all() if isinstance(node, aws.vpc.Vpc)]
assert [type(node) for node in found] == [aws.vpc.Vpc]
app.synth()
print(Testing.synth(Sample(Testing.app(), "tested"), True))
"""


def test_the_json_is_the_same_as_with_the_shipped_bindings(
    project: Project, tmp_path: Path
) -> None:
    project.write(_STACKS, head=_ACTIVATE)
    keep = {"JSII_RUNTIME_PACKAGE_CACHE": "enabled"}
    lean, warm, shipped = (
        project.run(str(tmp_path / name), LEAN_BINDINGS=switch, **keep)
        for name, switch in [("lean", ""), ("warm", ""), ("shipped", "off")]
    )
    assert (lean.err, shipped.err) == ("", "")
    assert "aws_rds_cluster" in lean.out
    assert lean.out == warm.out == shipped.out
    assert _files(tmp_path / "lean") == _files(tmp_path / "warm") == _files(tmp_path / "shipped")
    assert len(project.copies) == 1


def _files(folder: Path) -> dict[str, bytes]:
    found = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert found
    return found


def test_every_environment_is_the_same_as_with_the_shipped_bindings(
    project: Project, tmp_path: Path
) -> None:
    for name, switch in [("lean", ""), ("shipped", "off")]:
        ran = subprocess.run(
            [sys.executable, REPOSITORY / "main.py"],
            env={
                **project.environment(LEAN_BINDINGS=switch, CDKTF_OUTDIR=str(tmp_path / name)),
                "JSII_RUNTIME_PACKAGE_CACHE": "enabled",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        said = [it for it in ran.stderr.splitlines() if not it.startswith("What ends when: ")]
        assert (said, ran.returncode) == ([], 0)
    assert _files(tmp_path / "lean") == _files(tmp_path / "shipped")
