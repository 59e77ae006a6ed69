"""What every test shares: the bindings load module by module, jsii's notices stay quiet."""

import os

os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")

import hypothesis

import lean_bindings

lean_bindings.activate("cdktf_cdktf_provider_aws")

# No example fails by the clock of a busy machine. On CI hypothesis draws the same ones each time.
hypothesis.settings.register_profile("unhurried", hypothesis.settings(), deadline=None)
hypothesis.settings.load_profile("unhurried")
