"""Whether what is written into a secret opens the cluster, and is written again with the password.

A write-only value is in no plan: the stack says how it is made, and the configuration of what.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import without_key
from ferry.review.plan.values import UNKNOWN
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.values import Json

_CLUSTER: Final = "aws_rds_cluster"
_VERSION: Final = "aws_secretsmanager_secret_version"
_VALUE: Final = "secret_string_wo"
_PASSWORD: Final = "master_password_wo"  # noqa: S105 (an attribute)
_STORED: Final = f"ephemeral.{_VERSION}"
_POSTGRESQL: Final = 5432

_MOST_CHARACTERS: Final = 4_096
"""Of an expression that is read; the stacks' has a few hundred."""

_SECRETS: Final = (
    "https://docs.aws.amazon.com/dms/latest/userguide/security_iam_secretsmanager.html"
)
_WRITE_ONLY: Final = (
    "https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only"
)

_OBJECT: Final = re.compile(r"\$\{jsonencode\(\{(.*)\}\)\}", re.DOTALL)
_MEMBER: Final = re.compile(r'\s*"?(\w+)"?\s*[=:]\s*(.*?)\s*', re.DOTALL)
_ENDPOINT: Final = re.compile(rf"({_CLUSTER}\.[\w-]+)\.endpoint")
_TEXT: Final = re.compile(r'"([^"\\$%]*)"')


def secrets_open(plan: Plan) -> Iterator[Finding]:
    """A secret of a target that is written does not lead to the cluster, or another password never reaches it."""
    for change in plan.of(_VERSION, _CLUSTER):
        value = _VALUE if change.type == _VERSION else _PASSWORD
        if (change.comes or change.changes(f"{value}_version")) and _stays_as_it_is(change, value):
            effect = "A new password never gets here: nothing makes Terraform write it again."
            yield _finding(change, f"{value}_version", effect, _WRITE_ONLY)
    if not plan.stack:
        return
    targets = _of_targets(plan)
    clusters = {without_key(it.address): it for it in plan.of(_CLUSTER) if it.stays}
    by_password = {
        address: it
        for it in clusters.values()
        for address in (it.references or {}).get(f"{_PASSWORD}_version", ())
    }
    for version in plan.of(_VERSION):
        is_written = version.comes or (version.stays and version.changes(f"{_VALUE}_version"))
        if not is_written or not clusters:
            continue
        cluster = by_password.get(without_key(version.address))
        if not targets.isdisjoint((version.references or {}).get("secret_id", ())):
            yield from _wrong(plan, version, clusters)
        elif cluster is not None and not _is_of_its_user(plan, version, cluster):
            effect = "Its user is not the cluster's: nobody can sign in with it."
            yield _finding(version, _VALUE, effect, _SECRETS)


def _stays_as_it_is(change: Change, value: str) -> bool:
    """Whether a value follows what a stored password or a cluster is, and its number does not."""
    said = change.references
    if said is None:
        return False
    of, told_by = said.get(value, ()), said.get(f"{value}_version", ())
    follows = {it for it in of if it.startswith("aws_")}
    stored = any(it.startswith(_STORED) for it in of)
    return not follows.issubset(told_by) or (
        stored and not any(it.startswith(f"{_VERSION}.") for it in told_by)
    )


def _is_of_its_user(plan: Plan, version: Change, cluster: Change) -> bool:
    """Whether the secret with a cluster's password names its user, as far as it can be read."""
    members = _members(plan.stack.get(without_key(version.address), {}).get(_VALUE))
    return not members or _is_value(members.get("username", ""), cluster, "master_username")


def _of_targets(plan: Plan) -> frozenset[str]:
    """The secrets by which DMS signs in to targets."""
    return frozenset(
        address
        for it in plan.of("aws_dms_endpoint")
        if it.stays and it.after.get("endpoint_type") == "target"
        for address in (it.references or {}).get("secrets_manager_arn", ())
    )


def _wrong(plan: Plan, version: Change, clusters: Mapping[str, Change]) -> Iterator[Finding]:
    """What of a target's secret is not what its cluster has."""
    written = plan.stack.get(without_key(version.address), {})
    members = _members(written.get(_VALUE)) if _VALUE in written else {}
    if members is None:
        effect = "Whether DMS can sign in with it cannot be told: its value is not made as the stacks make it."
        yield _finding(version, _VALUE, effect, _SECRETS, Danger.UNCLEAR)
        return
    if not members:
        return  # it is told that it is empty, or in clear
    host = _ENDPOINT.fullmatch(members.get("host", ""))
    cluster = clusters.get(host[1]) if host else None
    if cluster is None:
        effect = (
            "Its host is not the endpoint of a cluster of this plan, at which alone DMS may write."
        )
        yield _finding(version, _VALUE, effect, _SECRETS)
        return
    of_cluster = plan.stack.get(without_key(cluster.address), {})
    for name, is_same in (
        ("port", _is_port(members.get("port", ""), cluster)),
        ("user", _is_value(members.get("username", ""), cluster, "master_username")),
        ("password", _is_password(members.get("password", ""), of_cluster.get(_PASSWORD))),
    ):
        if not is_same:
            effect = f"Its {name} is not the cluster's: DMS cannot sign in."
            yield _finding(version, _VALUE, effect, _SECRETS)


def _members(value: Json) -> dict[str, str] | None:
    """The terms of an object that an expression encodes; None where it is another expression."""
    found = _OBJECT.fullmatch(value) if isinstance(value, str) else None
    if found is None or len(found[1]) > _MOST_CHARACTERS:
        return None
    members = {}
    for part in _parts(found[1]):
        member = _MEMBER.fullmatch(part)
        if member is None:
            return None
        members[member[1]] = member[2]
    return members


def _parts(text: str) -> Iterator[str]:
    """What commas divide, but for those in brackets and in texts."""
    start = depth = 0
    quoted = escaped = False
    for at, it in enumerate(text):
        if quoted:
            quoted = escaped or it != '"'
            escaped = it == "\\" and not escaped
        elif it == '"':
            quoted = True
        elif it in "([{":
            depth += 1
        elif it in ")]}":
            depth -= 1
        elif it == "," and depth == 0:
            yield text[start:at]
            start = at + 1
    yield text[start:]


def _is_value(term: str, cluster: Change, attribute: str) -> bool:
    """Whether a term is what an attribute of the cluster's is."""
    if term == f"{without_key(cluster.address)}.{attribute}":
        return True
    text = _TEXT.fullmatch(term)
    value = cluster.after.get(attribute)
    return text is not None and value is not UNKNOWN and text[1] == value


def _is_port(term: str, cluster: Change) -> bool:
    port = cluster.after.get("port")
    said = port if isinstance(port, int) and port else _POSTGRESQL
    return term.strip('"') == str(said) or _is_value(term, cluster, "port")


def _is_password(term: str, of_cluster: Json) -> bool:
    """Whether both come of one term; what is given to a cluster otherwise is told for itself."""
    return not isinstance(of_cluster, str) or of_cluster == f"${{{term}}}"


def _finding(
    change: Change,
    attribute: str,
    effect: str,
    source: str,
    danger: Danger = Danger.REPLICATION_STOP,
) -> Finding:
    return Finding(
        danger=danger, change=change, attribute=attribute, effect=Phrase(effect), source=source
    )
