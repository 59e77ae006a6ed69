"""Records the plans that the unit tests of `ferry review` read.

``python -m tests.terraform.record_plans`` deploys all environments to a local AWS of its own, plans
what recordings.py lists, and writes each plan, trimmed, into tests/unit/ferry/review/recorded. It
takes about five minutes. Names given as arguments record these alone. Run it after a change of the
provider's version, of the constructs or of the list; what changes in the files is worth a look.
"""

from __future__ import annotations

import json
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ferry.review.plan.inline import PARTS
from ferry.review.plan.plan import without_key
from ferry.review.plan.references import references
from harness.deployment import ROOT, synthesize
from harness.server import LocalAws
from tests.terraform.copies import copies_of, plan
from tests.terraform.everything import deploy_everything
from tests.terraform.recordings import EVERY_TYPE, RECORDINGS, unprotected
from tests.terraform.served_provider import ServedDeployment

if TYPE_CHECKING:
    from collections.abc import Collection

    from harness.deployment import Deployment
    from harness.terraform import Terraform
    from tests.terraform.copies import Copies
    from tests.terraform.recordings import Recording

FOLDER = ROOT / "tests/unit/ferry/review/recorded"
SIDE_BY_SIDE = 2
_KEPT = ("format_version", "terraform_version", "resource_changes", "resource_drift")
_WATCHED = frozenset(
    {
        "aws_dms_replication_instance",
        "aws_dms_replication_task",
        "aws_rds_cluster",
        "aws_rds_cluster_instance",
    }
)
_LOOKED_AT = _WATCHED | {"aws_dms_endpoint", "aws_sns_topic_subscription"}
"""What rules look at beside a change, though nothing happens to it."""

_ALARM = "aws_cloudwatch_metric_alarm"
"""Rules look at an alarm that stays where something that it may watch changes."""


def trimmed(document: dict[str, Any]) -> dict[str, Any]:
    """A plan without what the review does not read.

    Left are its version, what changes and what that refers to, what rules look at beside that, and the
    drift with what may have made it. An entry that stays is whole, but for what is left alone: its ``before`` is its ``after``,
    and is not repeated. Of drift what it was is left as far as it differs, and what was found as well,
    where a change of the resource tells the rest.
    """
    found = {name: document[name] for name in _KEPT if name in document}
    changes = document["resource_changes"]
    changing = [it for it in changes if it["change"]["actions"] != ["no-op"]]
    kept = _LOOKED_AT | ({_ALARM} if {it["type"] for it in changing} & _WATCHED else frozenset())
    kept |= {
        part
        for drift in document.get("resource_drift", ())
        for parts in PARTS.get(drift["type"], {}).values()
        for part in parts
    }
    configuration = references(document.get("configuration"))
    refers_to = {
        address: configuration[address]
        for address in dict.fromkeys(without_key(it["address"]) for it in changing)
        if address in configuration
    }
    beside = {it for named in refers_to.values() for one in named.values() for it in one}
    found["resource_changes"] = []
    for change in changes:
        inner = change["change"]
        if inner["actions"] != ["no-op"]:
            found["resource_changes"].append(change)
        elif change["type"] in kept or without_key(change["address"]) in beside:
            once = {name: value for name, value in inner.items() if not name.startswith("before")}
            found["resource_changes"].append({**change, "change": once})
    told = {it["address"] for it in found["resource_changes"]}
    found["resource_drift"] = [
        _once(it, told=it["address"] in told) if it["change"]["actions"] == ["update"] else it
        for it in found.get("resource_drift", ())
    ]
    found["configured"] = [
        {
            "address": address,
            "expressions": {name: {"references": named} for name, named in attributes.items()},
        }
        for address, attributes in refers_to.items()
    ]
    return found


def _once(drift: dict[str, Any], *, told: bool) -> dict[str, Any]:
    """Drift of which ``before`` has what was found changed alone.

    Args:
        drift: The drift.
        told: Whether a change tells the rest: then ``after`` has no more than that either.
    """
    change = drift["change"]
    before, after = change["before"], change["after"]
    names = [it for it in after if before.get(it) != after[it]]
    sides = {"before": {it: before.get(it) for it in names}}
    if told:
        sides["after"] = {it: after[it] for it in names}
    return {**drift, "change": {**change, **sides}}


def written(document: dict[str, Any]) -> str:
    """A plan's text: one line for each resource, so that a difference can be read."""
    parts = [
        f"{json.dumps(name)}: [\n"
        + ",\n".join(json.dumps(item, separators=(",", ":")) for item in part)
        + "\n]"
        if isinstance(part, list)
        else f"{json.dumps(name)}: {json.dumps(part)}"
        for name, part in document.items()
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def record(recording: Recording, copies: Copies) -> str:
    """Plan a recording and return the plan's text."""
    state = json.loads(json.dumps(copies.state))
    if recording.first is not None:
        edited = _edited(recording.first, copies)
        before = copies.make(f"{recording.name}-before", edited, state=state)
        _apply(before, recording.applied)
        state = json.loads((before.folder / "terraform.tfstate").read_text())
    if recording.state is not None:
        recording.state(state)
    copy = copies.make(recording.name, _edited(recording.edit, copies), state=state)
    if recording.tainted:
        copy.must("taint", "-lock=false", _addresses(copy, {recording.tainted})[0])
    if recording.refreshed == EVERY_TYPE:
        arguments = []
    else:
        targets = [f"-target={it}" for it in _addresses(copy, recording.refreshed)]
        arguments = targets or ["-refresh=false"]
    document: dict[str, Any] = json.loads(plan(copy, arguments).read_text())
    return written(trimmed(document))


def _edited(edit: Any, copies: Copies) -> dict[str, Any]:  # noqa: ANN401 (a StackEdit)
    stack = unprotected(copies.stack)
    edit(stack)
    return stack


def _apply(copy: Terraform, types: Collection[str]) -> None:
    """Apply what is of some types; the rest of the stack is there already."""
    targets = [f"-target={address}" for address in _addresses(copy, types)]
    copy.must("apply", "-auto-approve", "-no-color", "-lock=false", "-refresh=false", *targets)


def _addresses(copy: Terraform, types: Collection[str]) -> list[str]:
    stack = json.loads((copy.folder / "cdk.tf.json").read_text())
    return [f"{type_}.{name}" for type_ in types for name in stack["resource"][type_]]


def record_all(deployment: Deployment, folder: Path, names: Collection[str]) -> list[str]:
    """Record plans of what is deployed, and return what went wrong; no password is written."""
    passwords = {
        *deployment.source_passwords.values(),
        *deployment.cloud.get("generated-passwords")["passwords"],
    }
    wanted = [it for it in RECORDINGS if not names or it.name in names]
    FOLDER.mkdir(exist_ok=True)
    copies = {
        base: copies_of(deployment.terraform(base), folder / base)
        for base in {it.base for it in wanted}
    }

    def one(recording: Recording) -> str:
        try:
            text = record(recording, copies[recording.base])
        except Exception as error:  # noqa: BLE001 (all are told at the end)
            return f"{recording.name}: {error}"
        if any(password in text for password in passwords):
            return f"{recording.name}: a password stands in the plan"
        (FOLDER / f"{recording.name}.json").write_text(text)
        return ""

    with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE) as pool:
        return [problem for problem in pool.map(one, wanted) if problem]


def main(names: Collection[str]) -> int:
    """Deploy, record, take down; 1 where a plan could not be made."""
    with tempfile.TemporaryDirectory(prefix="aurora-ferry-plans-") as temporary:
        folder = Path(temporary)
        output = synthesize(folder)
        with (
            LocalAws(log=folder / "local-aws.log") as cloud,
            ServedDeployment(cloud=cloud, output=output, folder=folder) as deployment,
        ):
            deploy_everything(deployment)
            problems = record_all(deployment, folder / "copies", names)
    for problem in problems:
        print(problem, file=sys.stderr)  # noqa: T201 (a script)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
