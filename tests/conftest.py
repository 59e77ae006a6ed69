"""What every test shares: the bindings load module by module, and jsii's notices stay quiet."""

import os

os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")

import lean_bindings

lean_bindings.activate("cdktf_cdktf_provider_aws")
