"""How long synthesis takes, and how much memory; ``python -m bench`` writes ``RESULTS.md``."""
