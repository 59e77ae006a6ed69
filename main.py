"""The CDKTF app: one stack for each AWS account, one for each environment."""
# ruff: noqa: E402 (the bindings are made lean before anything imports them)

import os
import sys
from pathlib import Path

import lean_bindings

lean_bindings.activate("cdktf_cdktf_provider_aws")

from cdktf import App

from settings.reading.loading import load_environments
from settings.reading.problem import EnvironmentsError
from stacks import lock_file
from stacks.app import add_stacks
from stacks.remarks import remarks

PROJECT = Path(__file__).parent
ENVIRONMENTS = PROJECT / "environments"

try:
    environments = load_environments(ENVIRONMENTS, selected=os.environ.get("ENVIRONMENT_SUFFIX"))
except EnvironmentsError as error:
    # A line for each problem; 2 says that a file is wrong. Nothing has been written.
    try:
        sys.stderr.write(f"{error}\n")
    finally:  # also where nobody can be told
        sys.exit(2)

app = App()
add_stacks(app, environments)
app.synth()
unpinned = lock_file.pin(Path(app.outdir), lock_file=PROJECT / lock_file.NAME)
for line in filter(None, (*remarks(environments), unpinned)):
    sys.stderr.write(f"{line}\n")
