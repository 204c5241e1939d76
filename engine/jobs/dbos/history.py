"""What DBOS holds of our jobs: what waits, what runs, what ended; and forgetting that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from dbos import DBOSClient, WorkflowStatus

from engine.jobs.port import JobHealth, JobName, Outcome, QueueHealth, QueueName
from engine.jobs.table import JOBS, QUEUES

_ENDED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
_OUTCOMES: dict[str, Outcome] = {
    "SUCCESS": "done",
    "PENDING": "running",
    "ENQUEUED": "waiting",
    "DELAYED": "waiting",
}
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class History:
    """The jobs of one application; ids of theirs are `application:job:…`."""

    client: DBOSClient
    application: str

    def purge(self, before: datetime) -> int:
        """Forget jobs that ended before a moment; give how many."""
        forgotten = 0
        while True:
            ended = self._list([""], _ENDED, completed_before=before.isoformat(), limit=_AT_ONCE)
            if not ended:
                return forgotten
            self.client.delete_workflows([one.workflow_id for one in ended])
            forgotten += len(ended)

    def find_begun(self, executor: str) -> dict[str, str | None]:
        """Give the jobs that an executor has begun and not ended, each with its queue."""
        return {
            one.workflow_id: one.queue_name
            for one in self._list([""], ["PENDING"])
            if one.executor_id == executor
        }

    def find_holders(self) -> set[str]:
        """Give the executors that have begun jobs and not ended them."""
        return {one.executor_id for one in self._list([""], ["PENDING"]) if one.executor_id}

    def tell_queues(self, now: datetime) -> Iterator[QueueHealth]:
        """Tell what waits and runs in each queue."""
        active = self._list([""], ["PENDING", "ENQUEUED", "DELAYED"])
        for queue in QUEUES:
            found = [one for one in active if one.queue_name == self.name_queue(queue)]
            ages = [(now - _moment(one.created_at)).total_seconds() for one in found]
            running = sum(one.status == "PENDING" for one in found)
            yield QueueHealth(
                queue, len(found) - running, running, round(max(ages, default=0.0), 1)
            )

    def tell_jobs(self) -> Iterator[JobHealth]:
        """Tell the latest run of each job."""
        for name in JOBS:
            yield self._tell_job(name)

    def name_queue(self, queue: QueueName) -> str:
        """Give the name of a queue as DBOS knows it; names are shared by all applications."""
        return f"{self.application}.{queue}"

    def _tell_job(self, name: JobName) -> JobHealth:
        found = self._list([f"{name}:"], None, sort_desc=True, limit=1)
        if not found:
            return JobHealth(name, "never")
        latest = found[0]
        started = _moment(latest.dequeued_at) if latest.dequeued_at else None
        ended = _moment(latest.completed_at) if latest.completed_at else None
        return JobHealth(name, _OUTCOMES.get(latest.status, "failed"), started, ended)

    def _list(
        self,
        prefixes: list[str],
        status: list[str] | None,
        *,
        completed_before: str | None = None,
        sort_desc: bool = False,
        limit: int | None = None,
    ) -> list[WorkflowStatus]:
        return self.client.list_workflows(
            workflow_id_prefix=[f"{self.application}:{one}" for one in prefixes],
            status=list(status) if status else None,
            completed_before=completed_before,
            sort_desc=sort_desc,
            limit=limit,
            load_input=False,
            load_output=False,
        )


def _moment(milliseconds: int | None) -> datetime:
    return datetime.fromtimestamp((milliseconds or 0) / 1000, UTC)
