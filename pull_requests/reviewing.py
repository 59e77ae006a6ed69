"""What ferry says of a plan, by the guardrails that hold for its stack."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ferry.errors import FerryError
from ferry.findings import ExitStatus
from ferry.review import Danger, read_plan
from ferry.review import review as judge
from ferry.review.report import as_json, as_markdown
from pull_requests.errors import ToolError
from pull_requests.guardrails import blocked, environments_of
from pull_requests.log import inert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pull_requests.guardrails import Guardrails
    from pull_requests.stacks import Stack

_LONGEST_FAILURE: Final = 20_000
"""Characters; a comment may have 65,536."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reviewed:
    """What ferry says of a plan: as `ferry review` ends, as Markdown, by whose guardrails.

    `changes` is a hash of the changes as far as they are shown, to compare plans by.
    """

    verdict: ExitStatus
    text: str
    environments: Sequence[str] = ()
    changes: str = ""

    def at_least(self, verdict: ExitStatus) -> Reviewed:
        """The stricter of this and of what was said by a job that knew the hidden values."""
        if verdict <= self.verdict:
            return self
        words = {ExitStatus.LOOK: "needs a second reviewer", ExitStatus.STOP: "blocked"}
        word = words.get(verdict, "could not be judged")
        lead = (
            f"> [!CAUTION]\n> **With the values that are hidden here: {word}.** The log of the job"
        )
        return replace(self, verdict=verdict, text=f"{lead} that planned says why.\n\n{self.text}")


def not_reviewed(name: str, failure: str) -> Reviewed:
    """What stands in the review's place where there is none. The failure may be anybody's text."""
    said = inert(failure)
    cut = said[:_LONGEST_FAILURE]
    if cut != said:
        cut += "\n(cut; the job's log has all)"
    fence = "`" * (max((len(run) for run in re.findall("`+", cut)), default=0) + 3)
    text = f"## {name}: could not be judged\n\nThere is no plan:\n\n{fence}text\n{cut}\n{fence}\n"
    return Reviewed(verdict=ExitStatus.NOT_DONE, text=text)


def review(plan: str, stack: Stack, *sides: Guardrails) -> Reviewed:
    """Have ferry review a plan's JSON. It may have passwords in clear, and is never in a file.

    The sides say what the environments block: of this checkout, then of a pull request, if any.

    Raises:
        FerryError: It could not be judged.
    """
    environments = environments_of(stack, *sides)
    own = (sides[0][it].account_id for it in environments if it in sides[0])
    account_id = next(filter(None, own), "")
    try:
        document, name = json.dumps(stack.document), environments[0]
        read = read_plan(plan, stack_text=document, account_id=account_id, environment=name)
        block = frozenset(map(Danger, blocked(environments, *sides)))
        found = judge(read, environment=name, block=block)
        text, whole = as_markdown(found), json.loads(as_json(found))
    except FerryError:
        raise
    except Exception as error:  # noqa: BLE001 - a traceback could show the plan's values
        raise ToolError(f"The plan could not be judged: {type(error).__name__}.") from None
    changes = json.dumps([whole[name] for name in ("changes", "outputs")], sort_keys=True)
    return Reviewed(
        verdict=found.exit_code,
        text=text,
        environments=environments,
        changes=hashlib.sha256(changes.encode()).hexdigest(),
    )
