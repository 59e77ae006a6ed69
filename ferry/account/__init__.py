"""The AWS account: signing in, its clients, and what their failures mean.

The only place in ferry that imports boto3. Others take from here what they need of it.
"""

from ferry.account.account import Account, Role, account_of, sign_in
from ferry.account.failures import (
    NotFoundError,
    Unanswered,
    asked,
    error_code,
    explained,
    found_or_none,
)

__all__ = [
    "Account",
    "NotFoundError",
    "Role",
    "Unanswered",
    "account_of",
    "asked",
    "error_code",
    "explained",
    "found_or_none",
    "sign_in",
]
