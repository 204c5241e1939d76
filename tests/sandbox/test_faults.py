"""Whatever can go wrong between here and the vendors can be switched on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.sandbox import START, Rehearsal

ORDERS = "/mirakl/api/orders"
CONTACTS = "/dotdigital/contacts/v3"


@pytest.fixture
def there() -> Rehearsal:
    return Rehearsal(days=3)


def switch_on(there: Rehearsal, **fault: object) -> None:
    assert there.call("POST", "/sandbox/faults", fault).status == 201


def test_a_refusal_does_nothing_and_passes(there: Rehearsal) -> None:
    switch_on(there, kind="refuse", service="dotdigital", status=503, retry_after=7)
    body = {"identifiers": {"email": "jo@example.com"}}
    refused = there.call("POST", CONTACTS, body)
    assert (refused.status, refused.headers["Retry-After"]) == (503, "7")
    assert there.sandbox.state.contacts.by_id == {}
    assert there.call("POST", CONTACTS, body).status == 201


def test_a_lost_answer_has_taken_effect(there: Rehearsal) -> None:
    switch_on(there, kind="lose", service="dotdigital", method="POST", path="/contacts")
    delivery = there.deliver("POST", CONTACTS, {"identifiers": {"email": "jo@example.com"}})
    assert delivery.arrives == 0
    assert len(there.sandbox.state.contacts.by_id) == 1


def test_an_answer_breaks_off_where_asked(there: Rehearsal) -> None:
    switch_on(there, kind="cut", service="mirakl", bytes=12)
    assert there.deliver("GET", ORDERS).arrives == 12


def test_a_fault_waits_for_its_turn_and_ends(there: Rehearsal) -> None:
    switch_on(there, kind="refuse", service="mirakl", path="/api/orders", skip=1, times=2)
    said = [there.call("GET", ORDERS).status for _ in range(5)]
    assert said == [200, 500, 500, 200, 200]
    assert there.get("/sandbox/faults") == {"faults": []}


def test_pages_move_while_they_are_read(there: Rehearsal) -> None:
    since = {"start_update_date": (START + timedelta(days=2)).isoformat(), "max": "20"}
    first = there.get(ORDERS, **since)
    switch_on(there, kind="shift", service="mirakl", seconds=7200)
    second = there.get(ORDERS, offset="20", **since)
    assert second["total_count"] > first["total_count"]
    ids = [one["order_id"] for page in (first, second) for one in page["orders"]]
    assert len(ids) > len(set(ids))


def test_a_delay_takes_the_sandbox_time(there: Rehearsal) -> None:
    before = there.sandbox.clock.now()
    switch_on(there, kind="delay", service="dotdigital", seconds=30)
    there.get("/dotdigital/v2/account-info")
    assert there.sandbox.clock.now() - before == timedelta(seconds=30)


def test_an_import_fails_in_part(there: Rehearsal) -> None:
    switch_on(there, kind="break", service="dotdigital", keys=["bad@example.com"])
    contacts = [
        {"matchIdentifier": "email", "identifiers": {"email": f"{name}@example.com"}}
        for name in ("good", "bad")
    ]
    answer = there.call("PUT", f"{CONTACTS}/import", {"contacts": contacts})
    assert isinstance(answer.body, dict)
    there.wait(seconds=15)
    report = there.get(f"{CONTACTS}/import/{answer.body['importId']}")
    assert (len(report["created"]), len(report["failures"])) == (1, 1)


def test_faults_are_switched_off_together(there: Rehearsal) -> None:
    switch_on(there, kind="refuse", service="mirakl", times=9)
    assert there.call("DELETE", "/sandbox/faults").status == 204
    assert there.call("GET", ORDERS).status == 200


@pytest.mark.parametrize("fault", [{}, {"kind": "burn", "service": "mirakl"}, {"kind": "cut"}])
def test_a_fault_that_is_none_is_refused(there: Rehearsal, fault: dict[str, str]) -> None:
    assert there.call("POST", "/sandbox/faults", fault).status == 400
