"""Aurora: what goes with a cluster, with an instance, with a parameter."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from ferry.review.plan.objects import members
from ferry.review.plan.plan import Action, without_key
from ferry.review.plan.shown import joined
from ferry.review.plan.values import UNKNOWN, Hidden, as_key, is_set
from ferry.review.rules.combined.parameter_groups import families_fit
from ferry.review.rules.conditions import version
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Fine, Phrase
from ferry.review.rules.instances import is_reader
from ferry.review.rules.row import DESTROYED, MADE
from ferry.review.rules.timing import Timing, at_once, moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.review.plan.plan import Change, Plan

_GUIDE: Final = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide"
_DELETING: Final = f"{_GUIDE}/USER_DeleteCluster.html"
_AVAILABILITY: Final = f"{_GUIDE}/Concepts.AuroraHighAvailability.html"
_MAJOR: Final = f"{_GUIDE}/USER_UpgradeDBInstance.PostgreSQL.MajorVersion.html"
_PROVIDER: Final = (
    "https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/rds/"
    "cluster.go"
)

_INSTANCE: Final = "aws_rds_cluster_instance"
_KEPT_AWAY_FROM_RDS: Final = frozenset(
    {
        "allow_major_version_upgrade",
        "delete_automated_backups",
        "final_snapshot_identifier",
        "global_cluster_identifier",
        "iam_roles",
        "replication_source_identifier",
        "skip_final_snapshot",
        "tags",
        "tags_all",
    }
)
"""Changes of these alone call no ModifyDBCluster. Source: provider 5.100.0, cluster.go."""


def protected_in_part(plan: Plan) -> Iterator[Finding]:
    """A new cluster is protected by Terraform or by RDS, and not by what goes with that.

    What is made without it is told now or never: no later plan shows it.
    """
    for cluster in plan.of("aws_rds_cluster"):
        written = members(plan.stack.get(without_key(cluster.address)))
        is_guarded = members(written.get("lifecycle")).get("prevent_destroy") is True
        protection = cluster.after.get("deletion_protection")
        attribute, effect = "", ""
        if is_guarded and protection in (None, False):
            attribute = "deletion_protection"
            effect = "Terraform does not destroy the cluster, and everybody else can: RDS is not told so."
        elif protection is True and cluster.after.get("skip_final_snapshot") is True:
            attribute = "skip_final_snapshot"
            effect = "The cluster is protected, and no snapshot is taken when it goes nevertheless."
        if cluster.comes and effect:
            yield Finding(
                danger=Danger.PROTECTION_LOSS,
                change=cluster,
                attribute=attribute,
                effect=Phrase(effect),
                source=_DELETING,
            )


def cluster_goes(plan: Plan) -> Iterator[Finding]:
    """A cluster is destroyed or replaced: what becomes of its data."""
    for change in plan.of("aws_rds_cluster"):
        if change.goes:
            yield Finding(
                danger=Danger.DATA_LOSS,
                change=change,
                effect=Phrase(
                    f"{_what_goes(change)} {_what_remains(change)} {_what_comes(change)}"
                ),
                when=moment(change, Timing.NOW),
                remedy=_how_to_keep(change),
                source=_DELETING,
            )
            yield Finding(
                danger=Danger.OUTAGE,
                change=change,
                effect=Phrase("The cluster's endpoints are gone with it."),
                when=moment(change, Timing.NOW),
                lasts="for good"
                if change.action is Action.DELETE
                else "until another is made and filled",
                source=_DELETING,
            )
            if change.before.get("deletion_protection") is True:
                yield Finding(
                    danger=Danger.REFUSED,
                    change=change,
                    effect=Phrase(
                        "deletion_protection is on: RDS refuses to delete the cluster, and the "
                        "apply ends there, with whatever else it had destroyed by then."
                    ),
                    source=_DELETING,
                )
        elif change.action is Action.CREATE and change.address in plan.deleted_outside:
            yield Finding(
                danger=Danger.DATA_LOSS,
                change=change,
                effect=Phrase(
                    f"The cluster was deleted outside Terraform. {_what_comes(change)}",
                ),
                remedy=Phrase("Restore a snapshot or an automated backup first."),
                source=_DELETING,
            )


def made_from_a_snapshot(plan: Plan) -> Iterator[Finding]:
    """A cluster begins with what a snapshot holds, of which a plan says nothing but its name."""
    for change in plan.of("aws_rds_cluster"):
        if change.action in MADE and is_set(change.after.get("snapshot_identifier")):
            yield Finding(
                danger=Danger.UNCLEAR,
                change=change,
                attribute="snapshot_identifier",
                effect=Phrase(
                    "The cluster is made from {snapshot}, with its data, users and passwords: what "
                    "they are, a plan does not say.",
                    {"snapshot": change.shown_after("snapshot_identifier")},
                ),
                remedy=Phrase(
                    "'ferry check aws' compares the snapshot with the file. A second apply brings "
                    "what the provider does not send with a restore: IAM authentication and "
                    "Performance Insights."
                ),
                source=_PROVIDER,
            )


def _what_goes(change: Change) -> str:
    verb = "replaced" if change.action is Action.REPLACE else "destroyed"
    return f"The cluster is {verb}, with all that is in it."


def _what_remains(change: Change) -> str:
    """What the deletion leaves; the provider goes by what the state says, not by the new file."""
    if change.before.get("skip_final_snapshot") is True:
        kept = "No snapshot is taken (skip_final_snapshot is true)"
    elif is_set(change.before.get("final_snapshot_identifier")):
        kept = "A final snapshot is taken"
    else:
        kept = "A final snapshot has no name, so the deletion fails"
    backups = change.before.get("delete_automated_backups") is False
    return f"{kept}; the automated backups {'stay' if backups else 'go'} as well."


def _what_comes(change: Change) -> str:
    if change.action is Action.DELETE:
        return "Nothing takes its place."
    if is_set(change.after.get("snapshot_identifier")):
        return "The new one is restored from snapshot_identifier: what came later is not in it."
    return "The new one is empty."


def _how_to_keep(change: Change) -> Phrase:
    if change.reason == "replace_because_tainted":
        return Phrase("terraform untaint {address}", {"address": change.shown_address})
    if change.replace_paths:
        return Phrase(
            "Take back the change of {paths}.",
            {"paths": joined(map(change.masker.text, change.replace_paths))},
        )
    return Phrase("Take a snapshot, and keep the cluster in the code.")


def instance_goes(plan: Plan) -> Iterator[Finding | Fine]:
    """An instance is destroyed or replaced: who takes its place meanwhile."""
    gone_clusters = {
        as_key(it.before.get(name))
        for it in plan.of("aws_rds_cluster")
        if it.goes
        for name in ("id", "cluster_identifier")
    } - {None}
    left = Counter(
        as_key(it.before.get("cluster_identifier"))
        for it in plan.of(_INSTANCE)
        if it.stays and not it.comes
    )
    for change in plan.of(_INSTANCE):
        if not change.goes:
            continue
        cluster = as_key(change.before.get("cluster_identifier"))
        if cluster in gone_clusters:
            yield Fine(
                change=change,
                attribute=DESTROYED,
                because="It goes with its cluster, which is judged.",
            )
            if _follows(change):
                because = "It joins the cluster that takes the old one's place."
                yield Fine(change=change, attribute="cluster_identifier", because=because)
            continue
        others = left[cluster]
        yield Finding(
            danger=Danger.INTERRUPTION if is_reader(change) and others else Danger.OUTAGE,
            change=change,
            effect=Phrase(_who_remains(change, others)),
            when=moment(change, Timing.NOW),
            lasts=_how_long(change, others),
            remedy=Phrase("terraform untaint {address}", {"address": change.shown_address})
            if change.reason == "replace_because_tainted"
            else Phrase(""),
            source=_AVAILABILITY,
        )


def _follows(instance: Change) -> bool:
    """Whether an instance is made anew in the cluster that is replaced."""
    named = (instance.references or {}).get("cluster_identifier", ())
    clusters = instance.neighbours.at(named)
    return instance.after.get("cluster_identifier") is UNKNOWN and (
        len(clusters) == 1
        and clusters[0] is not None
        and clusters[0].types == {"aws_rds_cluster"}
        and clusters[0].actions[Action.REPLACE] == 1
    )


def _who_remains(change: Change, others: int) -> str:
    role = "A reader" if is_reader(change) else "The writer, or what may be the writer,"
    verb = "is replaced" if change.action is Action.REPLACE else "is destroyed"
    if not others:
        return f"{role} {verb}, and no other instance is left meanwhile: nobody can connect."
    if others == 1:
        return (
            f"{role} {verb}. One instance is left: nothing it could fail over to, and reads go to "
            "it too."
        )
    return f"{role} {verb}; {others:,} instances are left. Its connections end."


def _how_long(change: Change, others: int) -> str:
    if is_reader(change) and others:
        return "for good" if change.action is Action.DELETE else "about ten minutes"
    if others:
        return "a failover, about a minute"
    return "for good" if change.action is Action.DELETE else "about ten minutes"


def waiting_upgrade(plan: Plan) -> Iterator[Finding]:
    """An upgrade that waits for its window is sent again with every other change of the cluster."""
    for change in plan.of("aws_rds_cluster"):
        runs, wanted = (
            version(change.before.get("engine_version_actual")),
            version(change.after.get("engine_version")),
        )
        if (
            change.action is Action.UPDATE
            and not change.changes("engine_version")
            and (
                (runs and wanted != runs[: len(wanted)])
                or isinstance(change.before.get("engine_version_actual"), Hidden)
            )
            and at_once(change)
            and set(change.changed()) - _KEPT_AWAY_FROM_RDS
        ):
            yield Finding(
                danger=Danger.OUTAGE,
                change=change,
                attribute="engine_version",
                effect=Phrase(
                    "The upgrade from {runs} to {wanted}, which waits for its window, is sent "
                    "along and done now.",
                    {
                        "runs": change.shown_before("engine_version_actual"),
                        "wanted": change.shown_after("engine_version"),
                    },
                ),
                when=moment(change, Timing.AS_SET),
                lasts="as long as the upgrade",
                source=_PROVIDER,
            )


def family_and_version(plan: Plan) -> Iterator[Finding]:
    """A major upgrade needs permission, and parameter groups of the new family as it is done."""
    for change in plan.of("aws_rds_cluster"):
        if change.action is not Action.UPDATE or not _goes_major(change):
            continue
        if change.after.get("allow_major_version_upgrade") is not True:
            yield _refused(change, "allow_major_version_upgrade is not true.")
        if not change.changes("db_cluster_parameter_group_name"):
            yield _refused(change, "The cluster's parameter group is still of the old family.")
    yield from families_fit(plan)


def _goes_major(change: Change) -> bool:
    return (
        version(change.before.get("engine_version"))[:1]
        < version(change.after.get("engine_version"))[:1]
    )


def _refused(change: Change, why: str) -> Finding:
    return Finding(
        danger=Danger.REFUSED,
        change=change,
        attribute="engine_version",
        effect=Phrase(f"RDS refuses the major upgrade: {why}"),
        source=_MAJOR,
    )
