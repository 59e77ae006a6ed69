"""What every test shares: bindings module by module, a quiet jsii, interrupts that arrive, no litter."""

import atexit
import os
import shutil
import signal
import tempfile
from pathlib import Path

os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")

import hypothesis

import lean_bindings

# jsii, Terraform and whatever else the tests start leave files where TMPDIR says, a folder for each
# synthesis: all of it goes with the tests. Another user may pass through, as PostgreSQL's has to.
_LITTER = Path(tempfile.mkdtemp(prefix="ferry-tests-"))
_LITTER.chmod(0o711)
os.environ["TMPDIR"] = str(_LITTER)
os.environ["XDG_STATE_HOME"] = str(_LITTER / "state")  # where ferry keeps what it has measured
# Registered first, so run last, when jsii's program has ended.
atexit.register(shutil.rmtree, _LITTER, ignore_errors=True)

lean_bindings.activate("cdktf_cdktf_provider_aws")

# No example fails by the clock of a busy machine. On CI hypothesis draws the same ones each time.
hypothesis.settings.register_profile("unhurried", hypothesis.settings(), deadline=None)
hypothesis.settings.load_profile("unhurried")

# A shell without job control starts what runs in the background with Ctrl-C ignored, and programs
# inherit that; the tests start programs that they interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
