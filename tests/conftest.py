"""What every test shares: bindings module by module, a quiet jsii, interrupts that arrive."""

import os
import signal

os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")

import hypothesis

import lean_bindings

lean_bindings.activate("cdktf_cdktf_provider_aws")

# No example fails by the clock of a busy machine. On CI hypothesis draws the same ones each time.
hypothesis.settings.register_profile("unhurried", hypothesis.settings(), deadline=None)
hypothesis.settings.load_profile("unhurried")

# A shell without job control starts what runs in the background with Ctrl-C ignored, and programs
# inherit that; the tests start programs that they interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
