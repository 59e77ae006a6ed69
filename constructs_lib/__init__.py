"""The constructs that an environment is built from.

The only folder that imports the AWS bindings. Constructs take keyword-only typed arguments: names,
plain values, and of each other no more than `protocols` says. They know no TOML, hold no defaults
of settings and check no rules of theirs, so each can be used and tested alone. A construct's id is
a contract: another one makes Terraform destroy what is at the old address.
"""
