"""`ferry bootstrap ENV`."""

# ruff: noqa: PLC0415 - `ferry --help` does not wait for boto3 and pydantic

from __future__ import annotations

from typing import Annotated

import typer


def bootstrap(
    name: Annotated[str, typer.Argument(metavar="ENV", help="The environment, such as dev.")],
) -> None:
    """Make the bucket for the Terraform states of ENV's account, or mend it.

    Versioned, encrypted, TLS only, closed to the public, earlier versions expiring. Safe to run
    again: what is right is left alone.
    """
    from ferry.cli.printing import failures_shown, show_next, show_steps

    with failures_shown():
        from facts import names
        from ferry.account import sign_in
        from ferry.aws.bucket_settings import Bucket
        from ferry.aws.state_bucket import prepare
        from ferry.environments import find, shared_tags

        environment = find(name)
        account = sign_in(
            environment=name,
            account_id=environment.aws.account_id,
            region=environment.aws.home_region,
        )
        bucket = Bucket(
            name=environment.state_bucket,
            account_id=account.account_id,
            region=account.region,
            partition=account.placement.partition,
            tags=shared_tags(environment),
        )
        show_steps(
            f"The states of account {account.account_id}, in {account.region}",
            prepare(account.s3, bucket),
        )
        show_next(f"cdktf deploy {names.account_stack(account.account_id)}")
