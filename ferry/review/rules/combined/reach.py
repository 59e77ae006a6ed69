"""Whether what is made bears the groups by which those reach it who have to.

Between two groups a connection takes a rule on either side: one lets out, one lets in. Source:
https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import without_key
from ferry.review.plan.ranges import Network, network
from ferry.review.plan.security_groups import LEGACY_RULE
from ferry.review.plan.values import UNKNOWN
from ferry.review.rules.combined.weaker import unsaid
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.values import Json

_SOURCE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"
_GROUP: Final = "aws_security_group"
_RULES: Final = {
    "aws_vpc_security_group_ingress_rule": "in",
    "aws_vpc_security_group_egress_rule": "out",
}
_CLUSTER: Final = "aws_rds_cluster"
_DMS: Final = "aws_dms_replication_instance"
_ENDPOINT: Final = "aws_vpc_endpoint"
_BORNE: Final = "vpc_security_group_ids"
_ATTRIBUTES: Final = {_ENDPOINT: "security_group_ids"}
_MOST_RULES: Final = 60
"""Rules of a group that are looked at: as many as one has, unless AWS allows more. Source:
https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups"""

_MOST_VPCS: Final = 60
_POSTGRESQL: Final = 5432
_HTTPS: Final = 443
_TCP: Final = frozenset({"tcp", "6", "-1", "all"})


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule of a group of the plan's.

    Args:
        peer: The group that it lets through; empty for what may be where the plan's things stand.
        first: The first port.
        last: The last port.
    """

    peer: str
    first: int
    last: int

    def is_of(self, port: int) -> bool:
        return self.first <= port <= self.last


@dataclass(frozen=True, slots=True)
class _Groups:
    """The groups of a plan, by address, with their rules.

    Args:
        plan: The plan.
        rules: The rules of a group in one direction.
        unread: The groups with rules of another kind, which may say anything.
        peers: Whom the rules of a group in one direction name, of whatever protocol.
    """

    plan: Plan
    rules: dict[tuple[str, str], list[_Rule]] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    peers: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    _own: set[str] = field(default_factory=set)
    _by_id: dict[str, str] = field(default_factory=dict)
    _vpcs: list[Network | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        vpcs = self.plan.of("aws_vpc")
        if len(vpcs) <= _MOST_VPCS:  # of more, each range may be one of theirs
            self._vpcs.extend(network(str(it.after.get("cidr_block"))) for it in vpcs)
        for group in self.plan.of(_GROUP):
            self._own.add(without_key(group.address))
            id_ = group.after.get("id")
            if isinstance(id_, str):
                self._by_id[id_] = without_key(group.address)
            if any(group.after.get(it) not in (None, [], UNKNOWN) for it in ("ingress", "egress")):
                self.unread.add(without_key(group.address))
        for rule in self.plan.of(LEGACY_RULE):
            self.unread.update(self.named(rule, "security_group_id") or ())
        for type_, direction in _RULES.items():
            for rule in self.plan.of(type_):
                if rule.stays:
                    self._add(rule, direction)

    def _add(self, rule: Change, direction: str) -> None:
        peers = self.named(rule, "referenced_security_group_id") or [self._range(rule)]
        for group in self.named(rule, "security_group_id") or ():
            self.peers.setdefault((group, direction), set()).update(peers)
        if not _may_be_tcp(rule):
            return
        first, last = rule.after.get("from_port"), rule.after.get("to_port")
        if not (isinstance(first, int) and isinstance(last, int)):
            first, last = 0, 65_535
        for group in self.named(rule, "security_group_id") or ():
            found = self.rules.setdefault((group, direction), [])
            found += [_Rule(peer, first, last) for peer in peers]

    def _range(self, rule: Change) -> str:
        """A rule's range, where the plan's VPCs tell that nothing of the plan's stands in it."""
        text = rule.after.get("cidr_ipv4")
        to = network(text) if isinstance(text, str) else None
        elsewhere = to is not None and all(
            it is not None and it.version == to.version and not it.overlaps(to) for it in self._vpcs
        )
        return str(text) if self._vpcs and elsewhere else ""

    def named(self, change: Change, attribute: str) -> list[str] | None:
        """The plan's groups that an attribute names; None where one is not the plan's."""
        value = change.after.get(attribute)
        said = (change.references or {}).get(attribute, ())
        values = value if isinstance(value, list) else [value]
        if value is UNKNOWN or UNKNOWN in values:
            found: list[str | None] = [it if it.startswith(f"{_GROUP}.") else None for it in said]
        else:
            found = [self._by_id.get(it) if isinstance(it, str) else None for it in values]
        known = [it for it in found if it]
        return known if known and len(known) == len(found) else None

    def let_in(self, groups: Iterable[str], port: int) -> bool:
        """Whether one of some groups lets anybody in at a port."""
        return any(
            group in self.unread or any(it.is_of(port) for it in self._rules_of(group, "in"))
            for group in groups
        )

    def let_others_in(self, groups: Sequence[str], port: int, but: AbstractSet[str]) -> bool:
        """Whether what bears none of some groups is let in at a port by one of others."""
        return any(
            group in self.unread
            or any(
                rule.is_of(port)
                and rule.peer not in but
                and (
                    rule.peer not in self._own
                    or self._comes_out(rule.peer, port, {rule.peer}, {*groups, ""})
                )
                for rule in self._rules_of(group, "in")
            )
            for group in groups
        )

    def lead_elsewhere(self, groups: Iterable[str]) -> bool:
        """Whether one of some groups lets out to where nothing of the plan's is known to stand.

        Port 443 is that of AWS's services, and no database's.
        """
        return any(
            group in self.unread
            or any(
                it.peer not in self._own and not it.first == it.last == _HTTPS
                for it in self._rules_of(group, "out")
            )
            for group in groups
        )

    def lead_to_aws(self, groups: Iterable[str]) -> bool:
        """Whether one of some groups lets out at AWS's services' port to more than the plan's own."""
        return any(
            group in self.unread
            or any(
                it.is_of(_HTTPS) and it.peer not in self._own for it in self._rules_of(group, "out")
            )
            for group in groups
        )

    def reached(self, groups: Sequence[str], port: int, by: AbstractSet[str]) -> bool:
        """Whether what bears one of some groups is reached at a port by what bears one of others."""
        return any(
            group in self.unread
            or any(
                rule.is_of(port) and self._comes_out(rule.peer, port, by, {*groups, ""})
                for rule in self._rules_of(group, "in")
            )
            for group in groups
        )

    def _comes_out(self, peer: str, port: int, by: AbstractSet[str], to: AbstractSet[str]) -> bool:
        """Whether a peer that is let in is one of some groups, and is let out to others."""
        if not peer or peer in self.unread:
            return True
        return peer in by and any(
            it.is_of(port) and it.peer in to for it in self._rules_of(peer, "out")
        )

    def _rules_of(self, group: str, direction: str) -> Iterator[_Rule]:
        return islice(self.rules.get((group, direction), ()), _MOST_RULES)


def _may_be_tcp(rule: Change) -> bool:
    """Whether a rule is of TCP, which PostgreSQL and HTTPS speak, or of all protocols, or may be."""
    protocol = rule.after.get("ip_protocol")
    return not isinstance(protocol, str) or protocol.lower() in _TCP


def groups_fit(plan: Plan) -> Iterator[Finding]:
    """A new cluster, DMS instance or VPC endpoint bears groups by which it is not reached, or reaches not."""
    clusters, instances = plan.of(_CLUSTER), plan.of(_DMS)
    endpoints = [
        it
        for it in plan.of(_ENDPOINT)
        if str(it.after.get("service_name")).endswith(".secretsmanager")
    ]
    new = [it for it in (*clusters, *instances, *endpoints) if it.comes]
    if not new:
        return
    groups = _Groups(plan)
    targets = [(it, _port(it.after.get("port")), "the cluster") for it in clusters]
    targets += [(it, _HTTPS, "the endpoint of Secrets Manager") for it in endpoints]
    born = {
        id(it): groups.named(it, _ATTRIBUTES.get(it.type, _BORNE))
        for it in (*clusters, *instances, *endpoints)
        if it.stays
    }
    dms = [it for it in instances if born.get(id(it))]
    by = {group for it in dms for group in born[id(it)] or ()}
    new_dms = next((it for it in dms if it.comes), None)
    for target, port, what in targets:
        bears = born.get(id(target))
        if not bears:
            continue  # a row says what comes of groups that are not the plan's
        made = target if target.comes else new_dms
        if target.comes and not groups.let_in(bears, port):
            yield _finding(target, f"Its groups let nobody in at port {port}.")
            continue
        if made and dms and not groups.reached(bears, port, by):
            effect = f"The groups do not let DMS reach {what} at port {port}."
            yield _finding(made, effect)
        if target in clusters and target.comes and not groups.let_others_in(bears, port, by):
            effect = f"No rules let an application reach the cluster at port {port}."
            yield _finding(target, effect, Danger.UNCLEAR)
    ends = [it for it in plan.of("aws_dms_endpoint") if it.stays]
    has_source = any(it.after.get("endpoint_type") == "source" for it in ends)
    asks_aws = not all(unsaid(it, "secrets_manager_arn") for it in ends)
    asks_aws = asks_aws and not any(it.stays for it in endpoints)
    yield from _needless(new, groups, by)
    for it in dms:
        worn = born[id(it)] or ()
        if it.comes and has_source and not groups.lead_elsewhere(worn):
            yield _finding(it, "Its groups do not let DMS out to the source.")
        if it.comes and asks_aws and not groups.lead_to_aws(worn):
            effect = "The VPC has no endpoint of Secrets Manager, and its groups do not let DMS out to it."
            yield _finding(it, effect)


def _needless(new: Iterable[Change], groups: _Groups, dms: AbstractSet[str]) -> Iterator[Finding]:
    """What groups open that nobody needs: Aurora connects to nobody, nobody to DMS, DMS alone to the endpoint."""
    for it in new:
        bears = groups.named(it, _ATTRIBUTES.get(it.type, _BORNE)) or ()
        let_in = [groups.peers.get((name, "in"), set()) for name in bears]
        effect = ""
        if it.type == _CLUSTER and any((name, "out") in groups.peers for name in bears):
            effect = "Its groups let the cluster itself connect to others, which no cluster has to."
        elif it.type == _DMS and any(let_in):
            effect = (
                "Its groups let others connect to the replication instance, which nobody has to."
            )
        elif (
            it.type == _ENDPOINT
            and dms
            and any(len(them) > _MOST_RULES or them - dms for them in let_in)
        ):
            effect = "Its groups let others than DMS ask Secrets Manager by the endpoint."
        if effect:
            yield _finding(it, effect, Danger.WIDER_ACCESS)


def _port(value: Json) -> int:
    return value if isinstance(value, int) and value else _POSTGRESQL


def _finding(change: Change, effect: str, danger: Danger = Danger.REPLICATION_STOP) -> Finding:
    return Finding(
        danger=danger,
        change=change,
        attribute=_ATTRIBUTES.get(change.type, _BORNE),
        effect=Phrase(effect),
        source=_SOURCE,
    )
