"""The account made ready: data fields and collections that the mapping names are there.

What is missing is made, as the mapping declares it; what is there with another type stops delivery
before anything is sent, since Dotdigital never changes a type.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.connections.dotdigital_reads import NotReadError
from engine.connections.outcomes import Done, Outcome
from engine.problem import Failure
from engine.spec.send import LiteralValue
from engine.state.ties import tie_account
from engine.sync.flow import Flow
from engine.sync.worker import Worker


def recognise_account(worker: Worker) -> None:
    """See that the database belongs to the account that answers; the first one ties it.

    Raises Failure for another account: a contact's number there is somebody else.
    """
    try:
        account = worker.client.account_info().get("Id", "")
    except NotReadError as error:
        raise Failure(f"Dotdigital could not be read: {error}") from None
    if not account:
        return
    with worker.transaction() as connection:
        tied = tie_account(connection, account, worker.now)
    if tied != account:
        raise Failure(
            f"the database belongs to account {tied} of Dotdigital, and this is account {account}:"
            " give each account a database of its own (MIRADOT_DATABASE_URL)"
        )


def prepare_account(worker: Worker) -> list[str]:
    """Make what is missing; give its names. Raises Failure when something does not fit."""
    recognise_account(worker)
    try:
        return [*_make_fields(worker), *_make_collections(worker)]
    except NotReadError as error:
        raise Failure(f"Dotdigital could not be read: {error}") from None


def _make_fields(worker: Worker) -> Iterator[str]:
    declared = worker.flow.mapping.checked.spec.data_fields
    known = {one.name.upper(): one.type for one in worker.client.list_data_fields()}
    for name, field in declared.items():
        found = known.get(name.upper())
        if found is None:
            _expect(worker.client.create_data_field(name, field.type), f"data field {name}")
            yield name
        elif found.lower() != field.type.lower():
            raise Failure(
                f"the data field {name} is {found} in Dotdigital, and {field.type} in the mapping"
            )


def _make_collections(worker: Worker) -> Iterator[str]:
    known = {one.name: one for one in worker.client.list_collections()}
    for name in sorted(set(collections_of(worker.flow))):
        wanted, found = worker.flow.target.collection(name), known.get(name)
        if wanted is None:
            continue
        if found is None:
            made = worker.client.create_collection(name, wanted.scope, wanted.type)
            _expect(made, f"collection {name}")
            yield name
        elif found.scope.lower() != wanted.scope:
            raise Failure(
                f"the collection {name} belongs to the {found.scope} in Dotdigital, and to the"
                f" {wanted.scope} in the target lock"
            )


def collections_of(flow: Flow) -> Iterator[str]:
    """Give the names of the collections that a mapping writes to."""
    checked = flow.mapping.checked
    for send in checked.spec.send.values():
        value = send.to.get("collection")
        if isinstance(value, LiteralValue):
            yield str(value.literal)
        elif isinstance(value, str) and value.startswith("$"):
            yield str(checked.params.values[value[1:]])


def _expect(outcome: Outcome, what: str) -> None:
    if not isinstance(outcome, Done):
        said = getattr(outcome, "said", "") or getattr(outcome, "why", "") or "not now"
        raise Failure(f"Dotdigital did not make the {what}: {said}")
