"""What the page does to all exceptions of a cause at once: each on record, each by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from threading import Lock

from engine.clock import write_time
from engine.commands.deeds import recorder_of
from engine.commands.delivery import refuse_examples
from engine.commands.exceptions import advice_of, advise
from engine.commands.replay import ReplayRequest, replay_orders
from engine.commands.resolve import ResolveRequest, UndoRequest, resolve_with, undo_with
from engine.connections.answers import StopError
from engine.problem import Failure
from engine.report.replay import ReplayDocument
from engine.report.resolution import ResolutionDocument
from engine.state.audit import Act, Deed
from engine.state.exceptions import UNKNOWN_OUTCOME
from engine.state.outbox import UNKNOWN
from engine.state.reviews import Entry, Wanted, list_calls, list_exceptions
from engine.sync.replaying import tell_reach
from engine.sync.worker import Worker
from engine.web.causes import (
    MOST_CLOSED,
    MOST_SENT,
    AheadPage,
    CausePage,
    CauseRow,
    ClosedPage,
    CloseRow,
    Fate,
    Group,
)
from engine.web.desk import NotThere


@dataclass(frozen=True, slots=True)
class ServedCauses:
    """Acts on causes of one mapping; `turn` is held by whoever changes something on the page."""

    worker: Worker
    turn: Lock

    def look_at(self, code: str, owner: str) -> CausePage:
        """Give what is open of a cause; NotThere where nothing is."""
        found = self._find(code, owner)
        first, unknown = found[0], code == UNKNOWN_OUTCOME
        advice = advice_of(self.worker.flow).get((first.flow, code)) or advise(code, "")
        rows = [self._row(one) for one in found[:MOST_CLOSED]]
        return {
            "schema": "miradot/page-cause.v1",
            "at": write_time(self.worker.now),
            "code": code,
            "owner": owner,
            "do": advice.do,
            "rows": rows,
            "left": len(found) - len(rows),
            "fates": ["happened", "did_not_happen"] if unknown else ["closed"],
            "seen_by_customers": sum(bool(one["seen"]) for one in rows),
        }

    def close(self, group: Group, fate: Fate, note: str) -> ClosedPage:
        """Close each of them, with the same note."""
        happened = {"happened": True, "did_not_happen": False}.get(fate)

        def act(number: int) -> ResolutionDocument:
            request = ResolveRequest(
                number=number,
                note=note,
                by=group.by,
                contact=None,
                recreate=False,
                happened=happened,
                mapping=None,
                brand=None,
            )
            return resolve_with(self.worker, request)

        page: ClosedPage = {**_empty(group, note), "decision": fate}
        return self._act_on_each(group, page, "resolved", act)

    def take_back(self, group: Group, note: str) -> ClosedPage:
        """Let each of them wait for people again."""
        page: ClosedPage = {**_empty(group, note), "decision": "undone"}
        return self._act_on_each(
            group,
            page,
            "undone",
            lambda number: undo_with(self.worker, UndoRequest(number, note, group.by)),
        )

    def look_ahead(self, code: str, owner: str) -> AheadPage:
        """Give what would be sent for the orders of a cause now; NotThere where nothing is open."""
        found = self._find(code, owner)
        numbers = [one.id for one in found[:MOST_SENT]]
        with self.turn:
            replay = self._replay(numbers)
        left = len(found) - len(numbers)
        return {
            "schema": "miradot/page-ahead.v1",
            "code": code,
            "owner": owner,
            "numbers": numbers,
            "left": left,
            "replay": replay,
        }

    def send_again(self, group: Group, most_seen: int) -> AheadPage:
        """Send their orders once more, unless customers would see more than was looked at."""
        refuse_examples(self.worker.flow)
        _refuse_many(group.numbers, MOST_SENT)
        meant = [one for one in self._find(group.code, group.owner) if one.id in group.numbers]
        if not meant:
            raise Failure("none of them is open any more; look at the cause again")
        numbers = [one.id for one in meant]
        deeds = [Deed(group.by, "replayed", one.id, one.subject) for one in meant]
        with self.turn, recorder_of(self.worker).record(*deeds):
            replay = self._replay(numbers, most_seen)
        return {
            "schema": "miradot/page-ahead.v1",
            "code": group.code,
            "owner": group.owner,
            "numbers": numbers,
            "left": 0,
            "replay": replay,
        }

    def _find(self, code: str, owner: str) -> list[Entry]:
        wanted = Wanted(code=code, owner=owner, flow=self.worker.flow.name)
        with self.worker.transaction() as connection:
            found = list_exceptions(connection, wanted)
        if not found or not code:
            raise NotThere("no exception of this cause is open in the mapping that is served")
        return found

    def _row(self, entry: Entry) -> CauseRow:
        return {
            "exception": entry.id,
            "order": entry.order_key,
            "message": entry.message,
            "opened_at": entry.opened_at,
            "seen": self._tell_seen(entry) if entry.code == UNKNOWN_OUTCOME else "",
        }

    def _tell_seen(self, entry: Entry) -> str:
        """Give what a customer sees of the call that nobody knows about, '' for records."""
        with self.worker.transaction() as connection:
            calls = list_calls(connection, entry.flow, entry.order_key)
        operations = self.worker.flow.target.operations
        meant = [one for one in calls if (one.send, one.state) == (entry.place, UNKNOWN)]
        return tell_reach(operations[meant[-1].operation]) if meant else ""

    def _act_on_each(
        self,
        group: Group,
        page: ClosedPage,
        act: Act,
        do: Callable[[int], ResolutionDocument],
    ) -> ClosedPage:
        _refuse_many(group.numbers, MOST_CLOSED)
        entries = self._read(group)
        recorder, waiting = recorder_of(self.worker), dict[str, None]()
        for number in group.numbers:
            entry = entries.get(number)
            row: CloseRow = {"exception": number, "did": []}
            page["rows"].append(row)
            if entry is None:
                row["refused"] = "it is not of this cause"
                continue
            try:
                with self.turn, recorder.record(Deed(group.by, act, number, entry.subject)):
                    done = do(number)
            except Failure as error:
                row["refused"] = str(error)
                continue
            row["did"] = done["did"]
            waiting |= dict.fromkeys(done["waiting"])
        page["waiting"] = list(waiting)
        return page

    def _read(self, group: Group) -> dict[int, Entry]:
        """Give those of the cause, by number, whatever became of them meanwhile."""
        wanted = Wanted(
            ids=group.numbers,
            code=group.code,
            owner=group.owner,
            flow=self.worker.flow.name,
            state="all",
        )
        with self.worker.transaction() as connection:
            return {one.id: one for one in list_exceptions(connection, wanted)}

    def _replay(self, numbers: Sequence[int], most_seen: int | None = None) -> ReplayDocument:
        send = most_seen is not None
        request = ReplayRequest(tuple(numbers), "", "", send, None, None, most_seen)
        try:
            return replay_orders(replace(self.worker), request)
        except StopError as error:
            raise Failure(str(error)) from None


def _empty(group: Group, note: str) -> ClosedPage:
    return {
        "schema": "miradot/page-closed.v1",
        "code": group.code,
        "decision": "closed",
        "by": group.by,
        "note": note,
        "rows": [],
        "waiting": [],
    }


def _refuse_many(numbers: Sequence[int], most: int) -> None:
    if not 0 < len(numbers) <= most:
        raise Failure(f"at most {most} are taken at once; look at the cause again")
