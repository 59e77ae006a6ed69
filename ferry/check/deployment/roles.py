"""The roles: whom they trust, and what they may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from facts import dms, outputs
from facts.aurora import MONITORING_POLICY
from facts.placement import FLOW_LOGS, RDS_MONITORING
from ferry.check.deployment.expect import document, items, only
from ferry.check.deployment.network import own_vpc
from ferry.check.trust import trusts_dms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ferry.check.deployment.deployed import Deployed
    from ferry.check.deployment.expect import Expect

_READ_SECRETS: Final = ("secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret")
_DECRYPT: Final = ("kms:Decrypt", "kms:DescribeKey")


def _policy(found: Any) -> dict[str, Any]:  # noqa: ANN401 - botocore parses it, whatever its stubs say
    return document(found) if isinstance(found, str) else found


def _trust_policy(deployed: Deployed, role_name: str) -> dict[str, Any]:
    role = deployed.account.iam.get_role(RoleName=role_name)["Role"]
    return _policy(role["AssumeRolePolicyDocument"])


def find_trust(deployed: Deployed, role_name: str) -> dict[str, Any]:
    """The only statement of a role's trust policy."""
    statements = items(_trust_policy(deployed, role_name)["Statement"])
    trust: dict[str, Any] = only(f"Statements of {role_name}'s trust", statements)
    return trust


def find_inline_statements(deployed: Deployed, role_name: str) -> list[dict[str, Any]]:
    """All statements of a role's own policies."""
    iam = deployed.account.iam
    return [
        statement
        for name in iam.list_role_policies(RoleName=role_name)["PolicyNames"]
        for statement in items(
            _policy(iam.get_role_policy(RoleName=role_name, PolicyName=name)["PolicyDocument"])[
                "Statement"
            ]
        )
    ]


def find_attached(deployed: Deployed, role_name: str) -> list[str]:
    """The names of the policies attached to a role."""
    answer = deployed.account.iam.list_attached_role_policies(RoleName=role_name)
    return [policy.get("PolicyName", "") for policy in answer["AttachedPolicies"]]


def _trusts(
    deployed: Deployed,
    expect: Expect,
    role_name: str,
    principal: str,
    condition: Mapping[str, Any] | None,
) -> None:
    trust = find_trust(deployed, role_name)
    expect.equal(f"Whom {role_name} trusts", trust["Principal"], {"Service": principal})
    expect.equal(f"{role_name}'s trust", trust["Effect"], "Allow")
    expect.equal(f"What {role_name} is for", items(trust["Action"]), ["sts:AssumeRole"])
    expect.equal(f"The condition of {role_name}'s trust", trust.get("Condition"), condition)


def _acts_for_this_account(
    deployed: Deployed, expect: Expect, role_name: str, principal: str
) -> None:
    """A role that a service of this account takes; which of its resources may, is not compared."""
    trust = find_trust(deployed, role_name)
    expect.equal(f"Whom {role_name} trusts", trust["Principal"], {"Service": principal})
    account_id = trust.get("Condition", {}).get("StringEquals", {}).get("aws:SourceAccount")
    expect.equal(
        f"The account that {principal} takes {role_name} for",
        account_id,
        deployed.account.account_id,
    )


def _carries_alone(deployed: Deployed, expect: Expect, role_name: str, *policies: str) -> None:
    found = find_attached(deployed, role_name)
    expect.same_items(f"Policies attached to {role_name}", found, policies)


def _has_no_policy_of_its_own(deployed: Deployed, expect: Expect, role_name: str) -> None:
    own = find_inline_statements(deployed, role_name)
    expect.equal(f"{role_name}'s own policies", own, [])


def check_the_accounts_roles_are_trusted_to_dms(deployed: Deployed, expect: Expect) -> None:
    """The account's two roles trust DMS; whom else, is the account's matter, as for check aws."""
    _ = deployed.migration  # Aurora alone has no such role.
    for role_name in dms.MANAGED_POLICIES:
        expect.that(
            trusts_dms(_trust_policy(deployed, role_name)),
            f"{role_name} does not let DMS take it ({deployed.placement.dms_principal}).",
        )


def check_the_accounts_roles_carry_awss_policies(deployed: Deployed, expect: Expect) -> None:
    """The account's two roles carry AWS's policies for them."""
    _ = deployed.migration  # Aurora alone has no such role.
    for role_name, policy in dms.MANAGED_POLICIES.items():
        found = find_attached(deployed, role_name)
        expect.that(policy in found, f"{role_name} lacks its policy {policy}.")


def check_the_secrets_role_is_trusted_to_the_regions_dms(
    deployed: Deployed, expect: Expect
) -> None:
    """The role that reads the secrets trusts this region's DMS, for this account."""
    _ = deployed.migration  # Aurora alone has no such role.
    _trusts(
        deployed,
        expect,
        deployed.names.secret_access_role,
        deployed.placement.regional_principal("dms"),
        {"StringEqualsIfExists": {"aws:SourceAccount": deployed.account.account_id}},
    )


def check_the_secrets_role_reads_the_two_secrets_alone(deployed: Deployed, expect: Expect) -> None:
    """The role that reads the secrets may read the source's and the target's, and nothing else.

    With a way back also that of who writes back to the source.
    """
    _ = deployed.migration  # Aurora alone has no such role.
    role_name = deployed.names.secret_access_role
    _carries_alone(deployed, expect, role_name)
    allowed = [
        (action, resource)
        for statement in find_inline_statements(deployed, role_name)
        for action in items(statement["Action"])
        for resource in items(statement["Resource"])
    ]
    found, source_key = deployed.outputs, deployed.migration.source.secret_kms_key_arn
    secrets = [found[outputs.SOURCE_SECRET_ARN], found[outputs.SECRET_ARN]]
    if deployed.migration.dms.rollback:
        secrets.append(found[outputs.REVERSE_SECRET_ARN])
    keys = (found[outputs.KMS_KEY_ARN], *([source_key] if source_key else []))
    expect.same_items(
        f"What {role_name} may do",
        allowed,
        [
            *((action, arn) for action in _READ_SECRETS for arn in secrets),
            *((action, arn) for action in _DECRYPT for arn in keys),
        ],
    )


def check_the_secrets_role_decrypts_through_secretsmanager_alone(
    deployed: Deployed, expect: Expect
) -> None:
    """The role that reads the secrets decrypts through Secrets Manager alone."""
    _ = deployed.migration  # Aurora alone has no such role.
    role_name = deployed.names.secret_access_role
    decrypting = [
        statement
        for statement in find_inline_statements(deployed, role_name)
        if "kms:Decrypt" in items(statement["Action"])
    ]
    statement = only(f"Statements that let {role_name} decrypt", decrypting)
    via = deployed.placement.regional_principal("secretsmanager")
    expect.equal(
        f"The condition under which {role_name} decrypts",
        statement.get("Condition"),
        {"StringEquals": {"kms:ViaService": via}},
    )


def check_the_monitoring_role(deployed: Deployed, expect: Expect) -> None:
    """The role of enhanced monitoring trusts RDS, and carries AWS's policy alone."""
    if not deployed.environment.aurora.monitoring_interval_seconds:
        expect.passes("enhanced monitoring is off")
        return
    role_name = deployed.names.monitoring_role
    _acts_for_this_account(deployed, expect, role_name, RDS_MONITORING)
    _carries_alone(deployed, expect, role_name, MONITORING_POLICY)
    _has_no_policy_of_its_own(deployed, expect, role_name)


def check_the_flow_logs_role(deployed: Deployed, expect: Expect) -> None:
    """The role of the flow logs trusts them, and writes to their log group alone."""
    if not own_vpc(deployed, expect):
        return
    role_name = deployed.names.flow_logs_role
    _acts_for_this_account(deployed, expect, role_name, FLOW_LOGS)
    writable = [
        resource
        for statement in find_inline_statements(deployed, role_name)
        if "logs:PutLogEvents" in items(statement["Action"])
        for resource in items(statement["Resource"])
    ]
    group = deployed.placement.arn("logs", f"log-group:{deployed.names.flow_logs_group}:*")
    expect.same_items(f"Where {role_name} may write", writable, [group])


def check_the_roles_carry_the_files_boundary(deployed: Deployed, expect: Expect) -> None:
    """Every role carries the permissions boundary that the file names, or none where it names none."""
    names, wanted = deployed.names, deployed.environment.aws.permissions_boundary_arn
    of_dms = [*dms.MANAGED_POLICIES, names.secret_access_role]
    roles = of_dms if deployed.environment.has_migration else []
    roles += (
        [names.monitoring_role] if deployed.environment.aurora.monitoring_interval_seconds else []
    )
    roles += [names.flow_logs_role] if deployed.environment.network.vpc is not None else []
    for role_name in roles:
        role = deployed.account.iam.get_role(RoleName=role_name)["Role"]
        found = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
        expect.equal(f"The permissions boundary of {role_name}", found, wanted)
