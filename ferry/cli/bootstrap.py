"""`ferry bootstrap ENV`."""

# ruff: noqa: PLC0415 - `ferry --help` does not wait for boto3 and pydantic

from __future__ import annotations

from ferry.cli.arguments import EnvironmentName  # noqa: TC001 - typer reads the annotation when it runs


def bootstrap(name: EnvironmentName) -> None:
    """Make the bucket for the Terraform states of ENV's account, or mend it.

    Versioned, encrypted, TLS only, closed to the public, earlier versions expiring. Safe to run
    again: what is right is left alone.

    Exit status: 3 where AWS refuses, or the bucket is another account's.
    """
    from ferry.cli.printing import failures_shown, show_next, show_steps

    with failures_shown():
        from facts import names
        from ferry.account import account_of
        from ferry.deployment.state_bucket import bucket_of
        from ferry.environments import find
        from ferry.prepare.state_bucket import prepare

        environment = find(name)
        account = account_of(environment)
        show_steps(
            f"The states of account {account.account_id}, in {account.state_region}",
            prepare(account.s3, bucket_of(environment)),
        )
        account_stack, own = names.account_stack(account.account_id), names.environment_stack(name)
        show_next(f"cdktf deploy {account_stack if environment.has_migration else own}")
