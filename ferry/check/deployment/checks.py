"""All checks of a deployed environment, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from inspect import getdoc, isfunction
from typing import TYPE_CHECKING, Final

from ferry.account import NotFoundError, explained
from ferry.check.deployment import (
    alarms,
    cluster,
    dashboard,
    encryption,
    events,
    instances,
    logs,
    network,
    parameters,
    replication,
    roles,
    secrets,
    secretsmanager_endpoint,
    security_groups,
    state,
    tags,
    tasks,
    topic,
)
from ferry.check.deployment.expect import DiffersError, Expect
from ferry.errors import FerryError
from ferry.findings import not_judged, right
from settings.environment import NoMigrationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ferry.check.deployment.deployed import Deployed
    from ferry.findings import Finding

_MODULES: Final = (
    state,
    network,
    security_groups,
    secretsmanager_endpoint,
    encryption,
    secrets,
    roles,
    cluster,
    instances,
    parameters,
    replication,
    tasks,
    logs,
    topic,
    alarms,
    events,
    dashboard,
    tags,
)
_PREFIX: Final = "check_"


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """A row of the table of checks.

    Args:
        name: What findings call it, such as `cluster-endpoints`.
        area: What it is about, such as `security groups`.
        function: Looks, and tells `expect` what should be there.
    """

    name: str
    area: str
    function: Callable[[Deployed, Expect], None]

    @property
    def right(self) -> str:
        """What is so where all is right, in a sentence."""
        return (getdoc(self.function) or "").partition("\n\n")[0].replace("\n", " ")


CHECKS: Final = tuple(
    Check(
        name=name.removeprefix(_PREFIX).replace("_", "-"),
        area=module.__name__.rpartition(".")[2].replace("_", " "),
        function=function,
    )
    for module in _MODULES
    for name, function in vars(module).items()
    if name.startswith(_PREFIX) and isfunction(function)
)
"""All checks, in the order in which they are made; tests/unit/ferry/check/deployment has the list."""

AREAS: Final = {check.name: check.area for check in CHECKS}


def judge(check: Check, deployed: Deployed) -> list[Finding]:
    """Make one check: what differs, or that all is right, or why nobody can tell."""
    expect = Expect(check=check.name, environment=deployed.environment.name)
    unknown = f"'{check.right.removesuffix('.')}'"
    try:
        with explained(f"check {check.name}"):
            check.function(deployed, expect)
    except NoMigrationError:
        expect.passes("the file has Aurora alone, neither [source] nor [dms]")
    except DiffersError as difference:
        expect.differs(str(difference))
    except NotFoundError as error:
        expect.differs(str(error), why="The state has it, and AWS has not.")
    except FerryError as error:
        expect.findings.append(not_judged(check.name, unknown, why=error.why, remedy=error.remedy))
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        why = f"AWS's answer, or an output, has another shape than the check knows: {error!r}."
        expect.findings.append(not_judged(check.name, unknown, why=why))
    return expect.findings or [right(check.name, check.right)]


def findings(deployed: Deployed) -> Iterator[Finding]:
    """What every check came to, as soon as it is known.

    Without a state there is one finding, that nobody can tell.
    """
    try:
        _ = deployed.outputs
    except FerryError as error:
        what = f"What is deployed of {deployed.environment.name}"
        yield not_judged("state", what, why=error.why, remedy=error.remedy)
        return
    for check in CHECKS:
        yield from judge(check, deployed)
