"""What Terraform knows of a deployed environment: its state, outputs, tags, and what is half made."""

from ferry.deployment.deployment import ALWAYS, Deployment, NotDeployedError
from ferry.deployment.state import State, read_state

__all__ = ["ALWAYS", "Deployment", "NotDeployedError", "State", "read_state"]
