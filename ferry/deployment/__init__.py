"""What Terraform knows of a deployed environment: its state, outputs, tags, and what is half made."""

from ferry.deployment.deployment import Deployment, NotDeployedError, outputs_of
from ferry.deployment.state import State, read_state

__all__ = ["Deployment", "NotDeployedError", "State", "outputs_of", "read_state"]
