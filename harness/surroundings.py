"""The environment variables under which a tool speaks to local AWS and to nothing else."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING

from harness.providers import cli_configuration

if TYPE_CHECKING:
    from pathlib import Path

_NOT_OURS = ("AWS_", "TF_", "CDKTF_")

_SOCKET_BYTES = len("/plugin4294967295")
_ADDRESS_BYTES = 103
"""How long a socket's address may be: macOS has room for 103 bytes and the zero, Linux for 107."""
_SHORT = "/tmp"  # noqa: S108 (a socket of a random name, which who may not read it cannot open)


def surroundings(*, url: str, account_id: str, region: str, folder: Path) -> dict[str, str]:
    """Variables for cdktf, Terraform, boto3 and ferry.

    The JSON that they apply is the JSON for AWS; only these variables differ.

    Args:
        url: Where local AWS listens.
        account_id: The account; local AWS takes an access key of twelve digits for one.
        region: The region, for boto3.
        folder: Where Terraform's own configuration may be written.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_NOT_OURS) and name.lower() not in {"http_proxy", "https_proxy"}
    }
    return kept | {
        **signed_in(url=url, account_id=account_id, region=region),
        "CHECKPOINT_DISABLE": "1",
        # Go's collector takes a quarter of the processor's time of a plan, and a tenth of the
        # memory is what it saves (a plan of dev: 4.4 s and 450 MB, with 400 3.4 s and 490 MB).
        "GOGC": os.environ.get("GOGC", "400"),
        # cdktf would have all copies on the machine install into ~/.terraform.d/plugin-cache, and
        # of two that do at once one fails: https://github.com/hashicorp/terraform/issues/31964
        "CDKTF_DISABLE_PLUGIN_CACHE_ENV": "true",
        "TF_IN_AUTOMATION": "1",
        "TF_INPUT": "0",
        "TMPDIR": _temporary(),
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20",
        **cli_configuration(folder),
    }


def _temporary() -> str:
    """The folder for temporary files, or a shorter one where the provider's socket has no room.

    The provider listens there. Where the address is too long it ends before it has said a word, and
    Terraform tells of "Failed to read any lines from plugin's stdout".
    Source: https://man7.org/linux/man-pages/man7/unix.7.html, sun_path
    """
    folder = tempfile.gettempdir()
    return folder if len(os.fsencode(folder)) + _SOCKET_BYTES <= _ADDRESS_BYTES else _SHORT


def signed_in(*, url: str, account_id: str, region: str) -> dict[str, str]:
    """What every AWS SDK, Terraform and the AWS CLI take to reach local AWS, and no other AWS."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": account_id,
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
