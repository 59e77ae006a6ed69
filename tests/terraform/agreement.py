"""Whether the cluster's password is the one in the secrets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.integration.rollout import local

if TYPE_CHECKING:
    from harness.deployment import Deployment

ALL_AGREE = {"master": True, "target": True}


def agreement(deployment: Deployment, name: str) -> dict[str, bool]:
    """Whether each secret holds the cluster's password; the passwords themselves stay here."""
    (cluster,) = deployment.cloud.get("master-passwords")["clusters"]
    environment = deployment.environment(name)
    secretsmanager = local(environment, url=deployment.cloud.url).secretsmanager
    return {
        what: json.loads(secretsmanager.get_secret_value(SecretId=secret)["SecretString"])[
            "password"
        ]
        == cluster["password"]
        for what, secret in {
            "master": f"aurora-ferry-{name}/master",
            "target": f"aurora-ferry-{name}/target",
        }.items()
    }
