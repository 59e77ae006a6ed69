"""The constructs that an environment is built from.

The only folder that imports the AWS bindings. Constructs take keyword-only typed arguments and
each other as objects; none knows TOML, so each can be used and tested alone.
"""
