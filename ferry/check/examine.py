"""All checks of an environment, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ferry.account import Unanswered, asked
from ferry.check.asking import aurora as ask_aurora
from ferry.check.asking import permissions as ask_permissions
from ferry.check.asking import quotas as ask_quotas
from ferry.check.asking import replication as ask_replication
from ferry.check.asking.bucket import state_bucket
from ferry.check.asking.roles import role
from ferry.check.asking.secrets import secret, source_secret
from ferry.check.judging import aurora, bucket, permissions, quotas, replication, roles, secrets
from ferry.deployment.state_bucket import bucket_of
from ferry.findings import not_judged

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from ferry.account import Account
    from ferry.check.judging.aurora import RunningCluster
    from ferry.check.judging.replication import RunningInstance
    from ferry.findings import Finding
    from settings.environment import Environment


@dataclass(frozen=True, kw_only=True)
class Examination:
    """Asks AWS, and judges the answers. What is denied becomes a finding, and the rest goes on.

    Args:
        environment: The environment.
        account: Its account.
        today: The date by which ends are judged.
        deployer_arn: The user or role that deploys; whoever is signed in where it is None.
    """

    environment: Environment
    account: Account
    today: date
    deployer_arn: str | None = None

    def findings(self) -> Iterator[Finding]:
        """Every finding, as soon as it is known."""
        yield from self._aurora()
        yield from self._replication()
        yield from self._network()
        yield from self._roles()
        yield from self._bucket()
        yield from self._secrets()
        yield from self._permissions()

    def _aurora(self) -> Iterator[Finding]:
        environment, rds = self.environment, self.account.rds
        versions = asked(
            "ask RDS for its versions and the cluster",
            lambda: ask_aurora.versions(rds, cluster=environment.prefix),
        )
        if isinstance(versions, Unanswered):
            yield not_judged(
                aurora.VERSION, "Aurora's version and instance class", why=versions.why
            )
            yield from self._rds_quotas(None)
            return
        yield aurora.judge_version(environment, versions)
        version = aurora.version_to_ask_classes_for(environment, versions)
        if version is not None:
            orderable = asked(
                f"ask RDS for the instance classes of {version}",
                lambda: ask_aurora.orderable_classes(rds, version),
            )
            if isinstance(orderable, Unanswered):
                yield not_judged(aurora.CLASS, "The instance class", why=orderable.why)
            else:
                yield aurora.judge_class(
                    environment, version=version, orderable=orderable, running=versions.running
                )
        yield from self._rds_quotas(versions.running)

    def _rds_quotas(self, running: RunningCluster | None) -> Iterator[Finding]:
        usages = asked("read the quotas of RDS", lambda: ask_quotas.rds_usages(self.account.rds))
        if isinstance(usages, Unanswered):
            yield not_judged(quotas.RDS, "What is left of RDS's quotas", why=usages.why)
            return
        counts = quotas.rds_needs(self.environment, running)
        for need in quotas.needs_of(quotas.RDS_KINDS, counts, usages):
            yield quotas.judge(self.environment, need)

    def _replication(self) -> Iterator[Finding]:
        environment = self.environment
        offer = asked(
            "ask DMS for its versions and the replication instance",
            lambda: ask_replication.offer(self.account.dms, instance=environment.prefix),
        )
        if isinstance(offer, Unanswered):
            yield not_judged(
                replication.VERSION, "DMS's version, its end, and the class", why=offer.why
            )
            yield from self._dms_quotas(None)
            return
        yield replication.judge_version(environment, offer)
        yield replication.judge_end(environment, offer, today=self.today)
        version = replication.version_to_ask_classes_for(environment, offer)
        if version is not None:
            yield replication.judge_class(environment, offer, version=version)
        yield from self._dms_quotas(offer.running)

    def _dms_quotas(self, running: RunningInstance | None) -> Iterator[Finding]:
        usages = asked("read the quotas of DMS", lambda: ask_quotas.dms_usages(self.account.dms))
        existing = asked(
            "ask DMS for its endpoints and tasks",
            lambda: ask_quotas.dms_identifiers(self.account.dms),
        )
        for answer in (usages, existing):
            if isinstance(answer, Unanswered):
                yield not_judged(quotas.DMS, "What is left of DMS's quotas", why=answer.why)
        if isinstance(usages, Unanswered) or isinstance(existing, Unanswered):
            return
        counts = quotas.dms_needs(self.environment, running, existing=existing)
        for need in quotas.needs_of(quotas.DMS_KINDS, counts, usages):
            yield quotas.judge(self.environment, need)

    def _network(self) -> Iterator[Finding]:
        vpc = self.environment.network.vpc
        if vpc is not None:
            for need in ask_quotas.network_needs(self.account, vpc, prefix=self.environment.prefix):
                yield quotas.judge(self.environment, need)

    def _roles(self) -> Iterator[Finding]:
        for needed in roles.NEEDED:
            found = asked(
                f"read the role {needed.role}",
                lambda name=needed.role: role(self.account.iam, name),  # type: ignore[misc] # mypy infers no default's type
            )
            if isinstance(found, Unanswered):
                yield not_judged(needed.check, f"The role {needed.role}", why=found.why)
            else:
                yield roles.judge(self.environment, needed, found)

    def _bucket(self) -> Iterator[Finding]:
        environment = self.environment
        wanted = bucket_of(environment)
        found = asked(
            f"look for the bucket {wanted.name}",
            lambda: state_bucket(self.account.s3, wanted),
        )
        if isinstance(found, Unanswered):
            yield not_judged(bucket.BUCKET, f"The bucket {wanted.name}", why=found.why)
        else:
            yield from bucket.judge(environment, found)

    def _secrets(self) -> Iterator[Finding]:
        environment, client = self.environment, self.account.secretsmanager
        source = secrets.source_secret_id(environment)
        found = asked(
            f"look for the secret {source}",
            lambda: source_secret(client, source, environment.source),
        )
        if isinstance(found, Unanswered):
            yield not_judged(secrets.SOURCE, f"The secret {source}", why=found.why)
        else:
            yield from secrets.judge_source(environment, found)
        for check, name in secrets.names_to_take(environment).items():
            held = asked(
                f"look for the secret {name}",
                lambda name=name: secret(client, name),  # type: ignore[misc] # mypy infers no default's type
            )
            if isinstance(held, Unanswered):
                yield not_judged(check, f"The secret {name}", why=held.why)
            else:
                yield secrets.judge_name(check, name, held)

    def _permissions(self) -> Iterator[Finding]:
        questions = permissions.questions(
            self.environment, partition=self.account.placement.partition
        )
        who = asked("find out who deploys", self._deployer)
        if isinstance(who, Unanswered):
            yield not_judged(permissions.PERMISSIONS, "What the deployer may do", why=who.why)
            return
        decisions = asked(
            f"simulate what {who} may do",
            lambda: ask_permissions.decisions(self.account.iam, who, questions),
        )
        if isinstance(decisions, Unanswered):
            yield not_judged(permissions.PERMISSIONS, f"What {who} may do", why=decisions.why)
        else:
            yield from permissions.judge(who, decisions)

    def _deployer(self) -> str:
        return self.deployer_arn or ask_permissions.principal(
            self.account.iam, self.account.sts.get_caller_identity()["Arn"]
        )
