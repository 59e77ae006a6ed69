"""The secrets of an environment, and the role with which DMS reads them.

No password is in the JSON, the plan, the state or a log. The order is the one in which a failed
apply mends itself:

1. :class:`MasterCredentials` writes a random password into the master secret.
2. What has been written is read back, and that is what the cluster is given.
3. :class:`ConnectionSecret` adds the cluster's host and port, for DMS.

Given to the cluster and to the secret at the same time, a password that reached only one of the
two would never reach the other: the next apply makes another one.
"""

from constructs_lib.credentials.access_role import SecretAccessRole
from constructs_lib.credentials.connection_secret import ConnectionSecret
from constructs_lib.credentials.master import MasterCredentials
from constructs_lib.credentials.source_secret import (
    EnvironmentSecret,
    EnvironmentSourceSecret,
    GivenSourceSecret,
    ReverseSecret,
    SourceSecret,
)

__all__ = [
    "ConnectionSecret",
    "EnvironmentSecret",
    "EnvironmentSourceSecret",
    "GivenSourceSecret",
    "MasterCredentials",
    "ReverseSecret",
    "SecretAccessRole",
    "SourceSecret",
]
