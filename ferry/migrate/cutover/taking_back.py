"""Takes a cutover back that is beyond its point of no return and has not opened Aurora yet.

Both sides are closed then, so that nobody has written a row to Aurora and nothing is to be carried: the
applications are led back, and the source gets its rights. A cutover that goes on meanwhile, or wakes, must
not open Aurora beside it: its row in Aurora gets a phase of one of the two, in one transaction with the
opening (docs/decisions/0025-the-cutover.md). Who owns Aurora's databases could connect there all the while:
he is kept out first, and then all rows are seen to be the same.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from facts.names import BACK
from ferry.migrate.cutover import comparing, freezing, leg_slots, unfreezing
from ferry.migrate.cutover.freezing import Thaw
from ferry.migrate.cutover.journal import State, last
from ferry.migrate.cutover.running import BY, moves_back, record_back
from ferry.migrate.cutover.standing import TAKEN_BACK
from ferry.migrate.cutover.steps import GIVE_UP, SWITCH_DNS, SWITCH_HOOK, steps
from ferry.migrate.cutover.switching import dns, secrets
from ferry.migrate.reading import read_ways
from ferry.migrate.verify import verify as verifying
from ferry.migrate.verify.comparing import Verdict
from ferry.migrate.waiting import interruption_told
from ferry.migrate.ways import Direction
from ferry.postgres import connect
from ferry.words import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ferry.migrate.cutover.running import Running
    from ferry.migrate.cutover.standing import Run
    from ferry.migrate.cutover.steps import Step
    from ferry.migrate.verify.verify import Result

_DNS_BACK: Final = "dns-back"


@dataclass(kw_only=True)
class TakingBack:
    """A cutover that is taken back; its records go on with its own run.

    Args:
        running: The rollback that was asked for, with its locks.
        run: The cutover.
    """

    running: Running
    run: Run

    def __post_init__(self) -> None:
        """What is written down is the cutover's."""
        self.running.journal.run = self.run.id

    def go(self, by: Mapping[str, Any]) -> None:
        """Do all steps that are not done.

        Args:
            by: Who does them, for the journal.

        Raises:
            FerryError: One failed. Before `give-up` the cutover may go on as before; after it, this alone.
        """
        running = self.running
        running.journal.write(BY, State.KEPT, environment=running.name, **by)
        running.see_point()
        is_given_up = self.run.is_given_up
        environment = running.asked.deployment.environment
        with interruption_told(
            "Interrupted: the cutover is not taken back yet, and both sides may be closed.",
            f"It goes on from there: ferry rollback {running.name}",
        ):
            for step in steps(environment, Direction.BACK, takes_back=True):
                is_done = running.journal.last(step.name, State.DONE) is not None
                if not (is_given_up and is_done):
                    self._do(step)
                is_given_up = is_given_up or step.name == GIVE_UP
            running.put_back_ttl()
        running.journal.write(TAKEN_BACK, State.DONE)

    def _do(self, step: Step) -> None:
        for each in self.running.held:
            each.still()
        self.running.write_down(step, getattr(self, f"_{step.name.replace('-', '_')}"))

    # before it is given up

    def _close_aurora(self) -> str:
        """Keep out who owns the databases, too."""
        running = self.running
        session = running.journal.target
        aurora = running.works[0].sides.target
        saved = replace(
            freezing.save(
                session,
                environment=running.name,
                run=self.run.id,
                databases=self._databases(),
                dms=[aurora.dms_user],
                direction=Direction.BACK,
            ),
            belt=False,
        )
        with session.transaction():
            unfreezing.see_unopened(session, run=self.run.id)
            freezing.close(session, saved)
        ended = freezing.end_sessions(session, saved)
        return f"{counted(ended, 'session')} ended"

    def _databases(self) -> list[str]:
        return [work.sides.target.server.database for work in self.running.works]

    def _compare(self) -> str:
        """See that nobody wrote to Aurora: what was carried is the same on both sides."""
        asked = self.running.asked
        scopes = verifying.scopes(
            self.running.name, read_ways(asked.deployment), asked.sides, Direction.FORWARD
        )
        found = comparing.compare(
            scopes,
            environment=self.running.name,
            direction=Direction.FORWARD,
            accepted=asked.accepted,
            mend=self._over_a_difference,
        )
        return found.said

    def _over_a_difference(self, result: Result) -> str:
        name = self.running.name
        goes_on = f"Somebody may have written there. Nothing is taken back: {self.run.saved.again}"
        if result.verdict is not Verdict.DIFFERENT:
            return goes_on
        return (
            f"{goes_on}. To take it back without what Aurora alone has: ferry rollback {name} "
            f"--accept-difference {shlex.quote(str(result.table))}"
        )

    def _give_up(self) -> str:
        aurora = self.running.works[0].sides.target
        unfreezing.give_up(
            self.running.journal.target,
            databases=self._databases(),
            keepers=[aurora.server.username, aurora.dms_user],
            run=self.run.id,
            record_id=self.run.record_id,
        )
        return "the cutover does not open Aurora any more"

    # afterwards

    def _undo_left_over(self) -> str:
        return self.running.undo_left_over(self.run)

    def _secrets_back(self) -> str:
        client = self.running.asked.deployment.account.secretsmanager
        moves = moves_back(self.running.journal.records, self.run.id)
        for move in moves:
            secrets.carry_out(client, move)
        return f"{counted(len(moves), 'secret leads', 'secrets lead')} to the source"

    def _dns_back(self) -> str:
        given = self.running.settings.dns
        if given is None:
            return ""
        client, records = (
            self.running.asked.deployment.account.route53,
            self.running.journal.records,
        )
        led, source = record_back(records, self.run.id)
        begun = [it for it in records if it.run == self.run.id and it.state is State.BEGUN]
        was_led = last(records, self.run.id, SWITCH_DNS, State.DONE) is not None
        is_first = [it.step for it in begun].count(_DNS_BACK) == 1
        # One that Route 53 refused to change is not asked to change back.
        if is_first and not was_led and dns.read(client, given).record.value == source.value:
            return f"{given.name} leads to the source: it never led elsewhere"
        dns.change(client, given, before=led, after=source)
        return f"{given.name} leads to the source"

    def _hook_back(self) -> str:
        if last(self.running.journal.records, self.run.id, SWITCH_HOOK, State.BEGUN) is None:
            return "it was not run"
        return self.running.run_hook("switch", self.running.settings.hooks.switch)

    def _drop_reverse_slots(self) -> str:
        environment = self.running.asked.deployment.environment
        dropped = 0
        for leg in (it for it in environment.legs if it.leg == BACK):
            (work,) = [
                it for it in self.running.works if leg.of.name in {task.name for task in it.tasks}
            ]
            with connect(
                work.sides.target.server, purpose="drop a slot", read_only=False
            ) as session:
                dropped += leg_slots.drop(session, environment.names.slot(leg.leg, leg.of.name))
        return f"{counted(dropped, 'slot')} dropped"

    def _open_source(self) -> str:
        done = freezing.give_back(self.running.journal.source, self.run.saved)
        if done is Thaw.OTHERWISE:
            return "the source is open; somebody has changed rights on it meanwhile"
        return "the source is open as it was"

    def _hook_after_back(self) -> str:
        return self.running.run_hook("after-switch", self.running.settings.hooks.after_switch)


def of(running: Running) -> TakingBack | None:
    """The cutover that a rollback takes back; None where it carries something back, or nothing is."""
    run = running.before
    if running.direction is not Direction.BACK or run is None or not run.may_be_taken_back:
        return None
    return TakingBack(running=running, run=run)
