"""Scrubbing: no personal value comes out, and all that matters to a mapping stays."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.commands.sample import Scrubbed, ScrubRequest, make_key, scrub_records, write_records
from engine.lock import load_shipped_source
from engine.problem import Failure
from engine.runtime.people import make_relay_test
from engine.runtime.values import read_email
from engine.samples.fiction import Fiction
from engine.samples.minimise import choose_few
from engine.samples.scrub import Marked, Scrubber, find_real_words
from tests.shipped import NOW, ORDERS, ROOT, opted, order
from tests.test_cli import call

SAMPLES = ROOT / "mappings/debenhams/samples"
SAMPLE_FILE = str(SAMPLES / "orders.json")
SOURCE = load_shipped_source("mirakl.order")
ORDERS_REAL: list[Any] = orjson.loads((SAMPLES / "orders.json").read_bytes())["orders"]
Where = tuple[str | int, ...]

# One for each way to be personal; `~` is in no fiction, so finding it is a proof.
CANARIES = [
    "Jo~Canary of 7 Elm Row",
    "jo~canary@real.example.org",
    "0779 555~01234",
    "https://real.example.org/~canary",
    '{"name": "Jo~Canary"}',
    "<b>Jo~Canary</b>",
    "DBN-~CANARY-77",
    "9~9",
]


def scrub(records: list[Any], seed: int = 1, marked: Marked = Marked()) -> list[Any]:  # noqa: B008
    words = find_real_words(records, SOURCE, marked)
    fiction = Fiction(make_key(seed), SOURCE.relay_domains, words.all)
    scrubber = Scrubber(SOURCE, fiction, words.personal, marked)
    return [scrubber.scrub(one) for one in records]


def scrub_files(**options: Any) -> Scrubbed:
    given = {
        "source": "mirakl.order", "mapping": None, "minimise": False, "key": make_key(1), "now": NOW
    } | options  # fmt: skip
    with Path(SAMPLE_FILE).open("rb") as stream:
        return scrub_records(ScrubRequest(**given), [(SAMPLE_FILE, stream)])


def leaves(value: Any, at: Where = ()) -> Iterator[tuple[Where, Any]]:
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for step, one in items:
            yield from leaves(one, (*at, step))
        if not value:
            yield at, value
    else:
        yield at, value


def put(record: Any, at: Where, value: object) -> Any:
    made = copy.deepcopy(record)
    holder = made
    for step in at[:-1]:
        holder = holder[step]
    holder[at[-1]] = value
    return made


def alone(at: Where, value: object) -> Any:
    """Give an order that holds nothing but a value at a place."""
    for step in reversed(at):
        value = {step: value} if isinstance(step, str) else [value]
    return value


def full_order() -> Any:
    """Give an order in which every member that the lock knows has a value."""
    return example(SOURCE.schema)


def example(schema: Any) -> Any:
    while "$ref" in schema:
        schema = SOURCE.schema["$defs"][schema["$ref"].rpartition("/")[2]]  # type: ignore[index]
    if "anyOf" in schema:
        return example(schema["anyOf"][0])
    if "properties" in schema:
        return {name: example(one) for name, one in schema["properties"].items()}
    kinds = [schema.get("type")] if isinstance(schema.get("type"), str) else schema.get("type", [])
    if "items" in schema and "string" not in kinds:
        return [example(schema["items"])]
    return {"string": "text", "number": 1.5, "integer": 2, "boolean": True}[kinds[0]]


FULL = full_order()
PLACES = [at for at, _ in leaves(FULL)]


@pytest.mark.parametrize("canary", CANARIES)
def test_no_canary_survives_in_any_leaf(canary: str) -> None:
    assert len(PLACES) > 300
    for at in PLACES:
        printed = orjson.dumps(scrub([alone(at, canary)])).decode().lower()
        assert "~" not in printed, at
        assert "canary" not in printed, at


@pytest.mark.parametrize("canary", CANARIES)
def test_no_canary_survives_in_all_leaves_at_once(canary: str) -> None:
    record = FULL
    for at in PLACES:
        record = put(record, at, canary)
    printed = orjson.dumps(scrub([record])).decode().lower()
    assert "~" not in printed
    assert "canary" not in printed


@pytest.mark.parametrize("canary", [{"~canary": "~canary"}, ["~canary"], [{"a": ["~canary"]}]])
def test_no_canary_survives_inside_a_value_of_another_type(canary: object) -> None:
    for at in PLACES:
        assert b"~" not in orjson.dumps(scrub([alone(at, canary)])), at


def test_no_canary_survives_as_a_number_where_no_number_belongs() -> None:
    numeric = {at for at, value in leaves(FULL) if type(value) in (int, float)}
    for at in set(PLACES) - numeric:
        for canary in (447700123456, 4477001234.56):
            assert b"447700" not in orjson.dumps(scrub([alone(at, canary)])), at


def test_members_that_the_lock_does_not_know_are_left_out_everywhere() -> None:
    for at in {at[:-1] for at in PLACES}:
        record = alone((*at, "jo~canary"), {"note": ["~", {"deep~": 1}]})
        assert b"~" not in orjson.dumps(scrub([record])), at


def test_a_name_is_found_again_in_a_code() -> None:
    named = order(shipping_zone_code="Thornbury")
    assert scrub([named])[0]["shipping_zone_code"] != "Thornbury"
    assert scrub([order(shipping_zone_code="EU1")])[0]["shipping_zone_code"] == "EU1"


@given(st.dictionaries(st.sampled_from(PLACES), st.text(st.characters(codec="utf-8"), min_size=5)))
def test_whatever_text_is_put_anywhere_only_codes_stay(texts: dict[Where, str]) -> None:
    record = FULL
    for at, text in texts.items():
        record = put(record, at, f"{text}\u00b6")
    made = scrub([record])[0]
    assert "\u00b6" not in json.dumps(made, ensure_ascii=False)
    assert [at for at, _ in leaves(made)] == [at for at, _ in leaves(record)]


def test_structure_nulls_blanks_amounts_and_states_stay() -> None:
    for real, made in zip(ORDERS_REAL, scrub(ORDERS_REAL), strict=True):
        known = {at: one for at, one in leaves(real) if "proportional_amount_by_rule" not in at}
        found = dict(leaves(made))
        for at, value in found.items():
            assert at in known
            was = known[at]
            assert type(value) is type(was), at
            if was is None or isinstance(was, bool | int | float) or was in ("", []):
                assert value == was, at
            if str(at[-1]).endswith("_state") and str(was).isupper() and "WAITING" in str(was):
                assert value == was, at
        assert made["order_state"] == real["order_state"]


def test_dates_move_together_and_keep_their_weekdays() -> None:
    made = scrub(ORDERS_REAL)
    moved = set()
    for real, one in zip(ORDERS_REAL, made, strict=True):
        for name in ("created_date", "last_updated_date"):
            before, after = (datetime.fromisoformat(x[name]) for x in (real, one))
            moved.add(after - before)
            assert before.weekday() == after.weekday()
    assert len(moved) == 1
    assert moved.pop().days < -300


def test_the_same_person_and_the_same_order_stay_the_same() -> None:
    made = scrub(ORDERS_REAL)
    by_id = {real["order_id"]: one for real, one in zip(ORDERS_REAL, made, strict=True)}
    first, again, other = (by_id[f"DBN-{number}-A"] for number in (1002, 1016, 1003))
    for name in ("customer_notification_email",):
        assert first[name] == again[name] != other[name]
    for name in ("customer_id", "firstname", "lastname"):
        assert first["customer"][name] == again["customer"][name] != other["customer"][name]
    assert len({one["order_id"] for one in made}) == len(made)
    for one in made:
        assert one["order_id"].startswith(one["commercial_id"])
        for line in one["order_lines"]:
            assert line["order_line_id"].startswith(one["order_id"])


def test_ids_that_differ_stay_different() -> None:
    many = [
        order(order_id=f"{number:03}", customer={"customer_id": str(number)})
        for number in range(999)
    ]
    made = scrub(many)
    assert len({one["order_id"] for one in made}) == 999
    assert len({one["customer"]["customer_id"] for one in made}) == 999


@pytest.mark.parametrize(
    ("address", "relay"),
    [
        ("abc9.def@notification.mirakl.net", True),
        ("abc9@shop7.Notification.mirakl.net", True),
        ("j***@real.example.org", True),
        ("jxxxxx@real.example.org", True),
        ("anon+0af9@real.example.org", True),
        ("jo@*****.org", True),
        ("jo.bloggs@real.example.org", False),
        ("jo@notnotification.mirakl.net", False),
    ],
)
def test_an_address_stays_of_its_kind(address: str, relay: bool) -> None:  # noqa: FBT001
    is_relay = make_relay_test(SOURCE.relay_domains, masked_shapes=True)
    made = read_email(
        scrub([order(customer_notification_email=address)])[0]["customer_notification_email"]
    )
    assert made is not None
    assert made != address
    assert is_relay(made) is relay
    assert made.endswith(("@notification.mirakl.net", ".notification.mirakl.net", "example.com"))


def test_an_address_that_is_none_stays_none() -> None:
    made = scrub([order(customer_notification_email="not an address")])[0]
    assert read_email(made["customer_notification_email"]) is None


def test_an_address_as_customer_id_is_the_same_address() -> None:
    address = "jo.bloggs@real.example.org"
    made = scrub([order(customer={"customer_id": address}, customer_notification_email=address)])[0]
    assert made["customer"]["customer_id"] == made["customer_notification_email"]


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("true", "true"),
        ("False", "False"),
        ("203.0.113.200", "192.0.2.1"),
        ("2a00:1450:4001:81b::200e", "2001:db8::1"),
        ("https://real.example.org/x?y=1", "https://example.com/1"),
        ("Jo's own words", "Note 1"),
        ("", ""),
        ("   ", " "),
    ],
)
def test_a_custom_field_gets_fiction_of_its_type(value: str, form: str) -> None:
    fields = [{"code": "note", "type": "STRING", "value": value}]
    made = scrub([order(order_additional_fields=fields)])[0]
    assert made["order_additional_fields"] == [{"code": "note", "type": "STRING", "value": form}]


def test_a_list_of_custom_values_is_scrubbed_one_by_one() -> None:
    fields = [{"code": "tags", "type": "LIST", "value": ["Jo", "true", "Jo"]}]
    made = scrub([order(order_additional_fields=fields)])[0]
    assert made["order_additional_fields"][0]["value"] == ["Tags 1", "true", "Tags 1"]


def test_what_a_mapping_marks_as_not_personal_stays() -> None:
    fields = [*opted("Oui, bien sûr"), {"code": "shade", "type": "STRING", "value": "Sea green"}]
    marked = Marked(words=frozenset({"Oui, bien sûr"}), custom_fields=frozenset({"shade"}))
    made = scrub([order(order_additional_fields=fields)], marked=marked)[0]
    values = {one["code"]: one["value"] for one in made["order_additional_fields"]}
    assert (values["marketing-optin"], values["shade"]) == ("Oui, bien sûr", "Sea green")
    assert values["marketing-optin-agent"] != "Example Browser"


def test_a_marked_field_that_holds_a_person_is_replaced_all_the_same() -> None:
    fields = [{"code": "shade", "type": "STRING", "value": "for Ada Thornbury"}]
    marked = Marked(custom_fields=frozenset({"shade"}))
    made = scrub([order(order_additional_fields=fields)], marked=marked)[0]
    assert made["order_additional_fields"][0]["value"] == "Shade 1"


def test_a_seed_makes_the_same_fiction_again_and_another_seed_another() -> None:
    assert scrub(ORDERS_REAL, 7) == scrub(ORDERS_REAL, 7)
    assert scrub(ORDERS_REAL, 7) != scrub(ORDERS_REAL, 8)


def test_without_a_seed_nobody_knows_the_key() -> None:
    assert make_key(None) != make_key(None)


def test_fiction_depends_on_the_shape_only_so_nobody_can_try_guesses() -> None:
    one = order(customer={"customer_id": "123456", "firstname": "Jo", "lastname": "Bloggs"})
    other = order(customer={"customer_id": "987650", "firstname": "Al", "lastname": "Nobody"})
    assert scrub([one]) == scrub([other])


def test_fictional_orders_show_the_same_of_the_mapping() -> None:
    talk = scrub_files(mapping=ORDERS).talk
    assert "they show the same" in talk


def test_the_plan_of_a_fictional_order_has_the_same_money_and_outcome() -> None:
    made = scrub_files(mapping=ORDERS)
    text = orjson.dumps({"orders": made.records})
    run = ["run", str(ORDERS), "--now", "2023-08-27T09:00:00Z", "--output-format", "ndjson"]
    real = call(*run, "--exit-zero", "--input", SAMPLE_FILE)
    fictional = call(*run, "--exit-zero", stdin=text)
    kept = ("outcome", "money")
    assert [[orjson.loads(one)[name] for name in kept] for one in real.stdout.splitlines()] == [
        [orjson.loads(one)[name] for name in kept] for one in fictional.stdout.splitlines()
    ]


def test_minimised_orders_show_as_much_and_say_what_each_is_for() -> None:
    few = scrub_files(mapping=ORDERS, minimise=True)
    whole = scrub_files(mapping=ORDERS)
    assert 0 < len(few.records) < len(whole.records)
    assert all(one in whole.records for one in few.records)
    for one in few.records:
        assert f"  {one['order_id']}  " in few.talk
    assert "exception OVER_REFUNDED" in few.talk
    assert "consent row 6" in few.talk


@given(st.lists(st.frozensets(st.sampled_from("abcdefghij"), min_size=1), min_size=1, max_size=12))
def test_the_few_cover_all_and_none_of_them_can_go(shown: list[frozenset[str]]) -> None:
    kept = choose_few(shown, [1] * len(shown))
    every = frozenset().union(*shown)
    assert frozenset().union(*(shown[one.index] for one in kept)) == every
    told = [feature for one in kept for feature in one.shows]
    assert sorted(told) == sorted(every)
    for one in kept:
        rest = frozenset[str]().union(*(shown[other.index] for other in kept if other is not one))
        assert rest != every


def test_of_equal_records_the_smaller_stays() -> None:
    both = frozenset({"a"})
    assert [one.index for one in choose_few([both, both], [9, 4])] == [1]


def test_the_command_writes_a_page_that_can_be_run(tmp_path: Path) -> None:
    out = tmp_path / "few.json"
    done = call(
        *("sample", "scrub", SAMPLE_FILE, "--minimise", str(ORDERS), "--out", str(out)),
        *("--now", "2026-03-01T09:00:00Z"),
    )
    assert (done.returncode, done.stdout) == (0, b""), done.stderr
    assert "11 of 16 records" in done.stderr.decode()
    assert call("run", str(ORDERS), "--input", str(out), "--exit-zero").returncode == 0
    assert list(tmp_path.iterdir()) == [out]


def test_ndjson_is_written_for_a_file_called_so(tmp_path: Path) -> None:
    out = tmp_path / "orders.ndjson"
    assert write_records(scrub_files(), out, [SAMPLE_FILE]) == b""
    assert len([orjson.loads(line) for line in out.read_bytes().splitlines()]) == 16


def test_the_real_orders_are_not_overwritten(tmp_path: Path) -> None:
    real = tmp_path / "orders.json"
    real.write_bytes(Path(SAMPLE_FILE).read_bytes())
    done = call("sample", "scrub", str(real), "--out", str(real))
    assert done.returncode == 2
    assert b"is one of the files to scrub" in done.stderr
    assert real.read_bytes() == Path(SAMPLE_FILE).read_bytes()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b'{"order_id": ', "it is not JSON"),
        (b'{"orders": []}', "no record"),
        (b'{"order_id": "1", "order_id": "2"}', "stands twice"),
    ],
)
def test_what_cannot_be_read_whole_is_refused_and_nothing_is_written(
    text: bytes, words: str, tmp_path: Path
) -> None:
    done = call("sample", "scrub", "-", "--out", str(tmp_path / "out.json"), stdin=text)
    assert done.returncode == 2, done.stderr
    assert words in done.stderr.decode()
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_source_is_told_with_the_nearest() -> None:
    with pytest.raises(Failure, match=r"did you mean \"mirakl.order\""):
        scrub_files(source="mirakl.ordr")


def test_offers_are_scrubbed_by_their_own_lock() -> None:
    done = call("sample", "scrub", str(SAMPLES / "offers.json"), "--source", "mirakl.offer")
    assert done.returncode == 0, done.stderr
    real = orjson.loads((SAMPLES / "offers.json").read_bytes())["offers"]
    made = orjson.loads(done.stdout)["offers"]
    assert [Decimal(str(one["price"])) for one in made] == [
        Decimal(str(one["price"])) for one in real
    ]
