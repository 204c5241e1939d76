"""The adapter: jobs as workflows of DBOS, in three queues, and a keeper that asks for them.

The keeper runs in the thread that calls `run`, outside every queue, because it is what frees a
queue whose job died with its process.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import cast

from dbos import DBOS, DBOSClient, DBOSConfig, EnqueueOptions, error
from sqlalchemy.exc import DBAPIError

from engine.jobs.dbos.executors import Executors
from engine.jobs.dbos.flood import dam_log
from engine.jobs.dbos.history import History
from engine.jobs.dbos.json_only import JsonOnly
from engine.jobs.dbos.store import SCHEMA, open_store
from engine.jobs.performing import Performer
from engine.jobs.port import Arguments, Figures, Health, JobName, Request, Schedule
from engine.jobs.table import JOBS, QUEUES
from engine.problem import Failure
from engine.state.database import DatabaseUnavailable

# The shape of the workflow. Work of another version is left to processes of that version.
VERSION = "1"
_WORKFLOW = "miradot.job"
_LANES: tuple[JobName, ...] = ("events", "batches")
# Jobs at a time, in each process: a long one must not keep the short ones waiting.
_UPKEEP_AT_ONCE = 4
_NEVER_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class Timing:
    """How often DBOS is asked, and when a silent process is taken for dead."""

    turn: float = 0.5
    """Seconds between two looks of the keeper."""
    beat: timedelta = timedelta(seconds=5)
    missed: int = 4
    events: float = 0.1
    """Seconds between two looks into the queue of events; the others wait longer."""
    others: float = 0.5
    lost: timedelta = timedelta(seconds=15)
    """How long a job may be held for begun here while no thread of ours is in it."""
    grace: int = 60
    """Seconds that a stop waits for what is in hand."""
    kept: timedelta = timedelta(days=3)
    """How long the history of jobs is kept."""


class DbosJobs:
    """Jobs of one flow, shared by every process that runs this on the same database."""

    def __init__(
        self, database_url: str, flow: str, performer: Performer, timing: Timing | None = None
    ) -> None:
        """Open the database of DBOS; raises Failure where DBOS would not start on it."""
        dam_log()
        self._performer = performer
        self._timing = timing or Timing()
        self._application = name_application(flow)
        self._engine = open_store(database_url)
        self._client = DBOSClient(
            system_database_engine=self._engine,
            dbos_system_schema=SCHEMA,
            serializer=JsonOnly(),
            application_name=self._application,
            lazy=True,
            retry_connection_errors=False,
        )
        self._history = History(self._client, self._application)
        self._executors: Executors | None = None
        self._last_beat: datetime | None = None
        self._in_hand: set[str] = set()
        self._lost_since: dict[str, datetime] = {}

    def enqueue(self, request: Request) -> bool:
        """Ask for a job; False where it waits, runs or was done already."""
        tick = request.tick or uuid.uuid4().hex
        options: EnqueueOptions = {
            "workflow_name": _WORKFLOW,
            "queue_name": self._history.name_queue(JOBS[request.job].queue),
            "workflow_id": f"{self._application}:{request.job}:{tick}",
            "workflow_id_reuse_policy": "reject",
            "app_version": VERSION,
        }
        if request.key:
            # What another version left waiting must not stand in the way.
            options["deduplication_id"] = f"{VERSION}:{request.key}"
        try:
            self._client.enqueue(options, request.job, dict(request.arguments))
        except (error.DBOSQueueDeduplicatedError, error.DBOSWorkflowIDInUseError):
            return False
        return True

    def schedule(self, schedules: Sequence[Schedule]) -> None:
        """Say what is started by time; to be called before `run`."""
        self._performer.ticks.schedules = schedules

    def run(self) -> None:
        """Do jobs until asked to stop; raises Failure where something else ended it."""
        stopping = self._performer.stopping
        with self._taking_part():
            while not stopping.asked:
                self._keep()
                self._performer.clock.sleep(self._timing.turn)
        if stopping.reason:
            raise Failure(stopping.reason)

    def stop(self) -> None:
        """Ask `run` to end: what is in hand is finished, nothing new begun."""
        self._performer.stopping.ask()

    def health(self) -> Health:
        """Tell how jobs stand, in all processes; nothing where none has ever run."""
        waiting = self._performer.bodies.look()
        with _told_plainly():
            executors = self._executors or self._place()
            if not executors.has_run():
                return Health("dbos", (), (), (), waiting)
            return Health(
                "dbos",
                tuple(executors.list_held()),
                tuple(self._history.tell_queues(self._performer.clock.now())),
                tuple(self._history.tell_jobs()),
                waiting,
            )

    def purge(self, before: datetime) -> int:
        """Forget jobs that ended before a moment; give how many."""
        return self._history.purge(before)

    def recover(self, dead: str) -> int:
        """Take over the jobs of an executor that is gone for good; give how many."""
        # There is no public way without the vendor's service; a test holds this one in place.
        return len(DBOS._recover_pending_workflows([dead]))  # noqa: SLF001 - see above

    def close(self) -> None:
        """Let go of the database of DBOS."""
        self._client.destroy()
        self._engine.dispose()

    @contextmanager
    def _taking_part(self) -> Iterator[None]:
        """Take a place among the executors, start DBOS in it, and leave both in order."""
        with _told_plainly():
            self._executors = executors = self._place()
            executor = executors.take()
            self._launch(executor)
        try:
            yield
        finally:
            grace = self._timing.grace if self._performer.running else 0
            DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=grace)
            self._leave(executors)

    def _place(self) -> Executors:
        holder = uuid.uuid4().hex
        return Executors(self._engine, self._application, holder, self._timing.missed)

    def _leave(self, executors: Executors) -> None:
        """Free the place; unless jobs were left in it, which others then take over."""
        try:
            if not self._history.find_begun(executors.id):
                executors.free(executors.number)
        except DBAPIError:
            self._performer.log.warning("database out of reach", adapter="dbos")

    def _launch(self, executor: str) -> None:
        config: DBOSConfig = {
            "name": self._application,
            "system_database_engine": self._engine,
            "dbos_system_schema": SCHEMA,
            "executor_id": executor,
            "application_version": VERSION,
            "serializer": JsonOnly(),
            "use_listen_notify": False,
            "enable_otlp": False,
            "log_level": "WARNING",
            # Times are the keeper's: a tick that is late must not be done twice in a row.
            "scheduler_polling_interval_sec": _NEVER_SECONDS,
        }
        DBOS(config=config)
        DBOS.workflow(name=_WORKFLOW, max_recovery_attempts=None)(self._make_workflow())
        DBOS.listen_queues([self._history.name_queue(queue) for queue in QUEUES])
        DBOS.launch()
        for queue in QUEUES:
            DBOS.register_queue(
                self._history.name_queue(queue),
                worker_concurrency=_UPKEEP_AT_ONCE if queue == "upkeep" else 1,
                polling_interval_sec=self._timing.events
                if queue == "events"
                else self._timing.others,
            )

    def _make_workflow(self) -> Callable[[str, Arguments], Figures]:
        performer = self._performer

        def perform(job: str, arguments: Arguments) -> Figures:
            mine = DBOS.workflow_id or ""
            self._in_hand.add(mine)
            try:
                return dict(performer.perform(cast("JobName", job), arguments))
            finally:
                self._in_hand.discard(mine)

        return perform

    def _keep(self) -> None:
        """Beat, take over from the dead, and ask for what is due."""
        performer = self._performer
        try:
            self._beat()
            waiting, now = performer.bodies.look(), performer.clock.now()
            for request in performer.ticks.due(waiting, now):
                if request.job == "sweep":
                    self._sweep(now)
                else:
                    self._ask(request)
        except (DBAPIError, DatabaseUnavailable) as away:
            performer.log.warning("database out of reach", error=type(away).__name__)

    def _ask(self, request: Request) -> None:
        """Ask for a job; for a lane once per process, since each of them can work in it."""
        if request.job not in _LANES:
            self.enqueue(request)
            return
        for number in range(len(self._sure().list_held())):
            self.enqueue(replace(request, key=f"{request.key}:{number}"))

    def _beat(self) -> None:
        now, executors = self._performer.clock.now(), self._sure()
        if self._last_beat is not None and now - self._last_beat < self._timing.beat:
            return
        if not executors.beat():
            self._performer.stopping.ask("another process took this one for dead; start it again")
            return
        self._last_beat = now
        self._take_up_again(executors)
        for number in executors.find_dead():
            # While the place is ours, nobody starts in it.
            if executors.bury(number):
                jobs = self.recover(executors.name(number))
                self._performer.log.warning("jobs of a dead process taken over", records=jobs)
                executors.free(number)

    def _take_up_again(self, executors: Executors) -> None:
        """Start again what DBOS holds for begun here though no thread is in it.

        Where the database went while the end of a job was being written, its key stays taken.
        """
        now, before = self._performer.clock.now(), self._lost_since
        # Read before the threads are looked at: what begins after that is not in it.
        held = self._history.find_begun(executors.id)
        self._lost_since = {
            name: before.get(name, now) for name in held if name not in self._in_hand
        }
        for name, since in self._lost_since.items():
            if now - since >= self._timing.lost:
                self._client.resume_workflow(name, queue_name=held[name])
                self._performer.log.warning("own job started again", job=name.split(":")[1])

    def _sweep(self, now: datetime) -> None:
        """Take over what nobody holds, and forget what ended long ago."""
        for lost in self._history.find_holders() - set(self._sure().list_held()):
            self.recover(lost)
        self.purge(now - self._timing.kept)

    def _sure(self) -> Executors:
        if self._executors is None:
            raise Failure("the durable engine has not been started")
        return self._executors


def name_application(flow: str) -> str:
    """Give the name of a flow's application, in the letters that DBOS takes."""
    plain = re.sub(r"[^a-z0-9_-]", "-", flow.lower())
    mark = "" if plain == flow else f"-{sha256(flow.encode()).hexdigest()[:6]}"
    return f"miradot-{plain}{mark}"


@contextmanager
def _told_plainly() -> Iterator[None]:
    try:
        yield
    except DBAPIError as away:
        said = str(away.orig).split("\n", 1)[0]
        raise Failure(f"the database of jobs did not answer: {said}") from None
