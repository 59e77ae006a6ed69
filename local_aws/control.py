"""The server's own endpoints, all under /local-aws/.

| request | answer |
| --- | --- |
| GET /local-aws/health | `{"status": "ready"}` |
| GET /local-aws/faults | the seed, the number of rules, how many calls were made to fail, and which |
| POST /local-aws/faults | puts the rules of the JSON body in force (`local_aws.faults`); `{}` ends all |
| POST /local-aws/standing | a thing that stands already under a given id (`local_aws.standing`) |
| POST /local-aws/addresses | where hosts are on this machine (`local_aws.addresses`) |
| GET, POST /local-aws/aurora | which server a cluster is, and its names (`services.rds.server`) |
| GET /local-aws/calls | the calls so far; `?service=`, `?operation=`, `?account=` narrow them |
| GET /local-aws/generated-passwords | every password that GetRandomPassword answered |
| GET /local-aws/master-passwords | every Aurora cluster with its master password |

The last two exist so that a test can search plans, states and output for the passwords that
Terraform was given and must not have written down, and compare a cluster's with its secret's. They
give nothing away that the same machine does not hold in memory anyway; real AWS has no such thing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local_aws.addresses import place_addresses
from local_aws.errors import Reply
from local_aws.services.rds import master_passwords
from local_aws.services.rds.server import names_of, place_server
from local_aws.services.secretsmanager import generated_passwords
from local_aws.standing import place

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from local_aws.faults import Faults
    from local_aws.record import CallLog

PREFIX = "/local-aws/"


@dataclass(frozen=True, kw_only=True, slots=True)
class Control:
    """Answers the server's own endpoints."""

    faults: Faults
    calls: CallLog

    def answer(self, method: str, path: str, query: Mapping[str, str], body: bytes) -> Reply:
        """Answer a request whose path begins with `PREFIX`."""
        what = path.removeprefix(PREFIX)
        told: dict[str, Callable[[Mapping[str, Any]], None]] = {
            "addresses": place_addresses,
            "aurora": place_server,
            "faults": self.faults.replace,
            "standing": place,
        }
        if method == "POST" and what in told:
            return self._told(body, told[what])
        documents: dict[str, Callable[[], dict[str, Any]]] = {
            "health": lambda: {"status": "ready"},
            "faults": self.faults.report,
            "aurora": lambda: names_of(query),
            "calls": lambda: {"calls": self.calls.calls(**_narrow(query))},
            "generated-passwords": lambda: {"passwords": generated_passwords()},
            "master-passwords": lambda: {"clusters": master_passwords()},
        }
        if method == "GET" and what in documents:
            return _json(200, documents[what]())
        there_are = ", ".join(f"GET {name}" for name in documents)
        return _json(
            404,
            {"error": f"{method} {path}: there are {there_are} and POST {', '.join(sorted(told))}"},
        )

    def _told(self, body: bytes, act: Callable[[Mapping[str, Any]], None]) -> Reply:
        try:
            act(json.loads(body or b"{}"))
        except ValueError as error:
            return _json(400, {"error": str(error)})
        return _json(200, self.faults.report())


def _narrow(query: Mapping[str, str]) -> dict[str, str]:
    return {key: query.get(key, "") for key in ("service", "operation", "account")}


def _json(status: int, document: Mapping[str, Any]) -> Reply:
    return Reply(
        status=status,
        headers=[("Content-Type", "application/json")],
        body=json.dumps(document).encode(),
    )
