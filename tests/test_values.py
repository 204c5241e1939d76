"""Each type accepts what it says, and brings it to one form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.runtime.amounts import decimal_text, minor_units
from engine.runtime.people import mask, segment
from engine.runtime.values import is_id, read_day, read_email, read_instant, read_ip, read_url


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-01T09:00:00Z", "2026-03-01T09:00:00Z"),
        ("2026-03-01T09:00:00.040Z", "2026-03-01T09:00:00.040Z"),
        ("2026-03-01T09:00:00+01:00", "2026-03-01T08:00:00Z"),
        ("2026-03-01 09:00:00Z", "2026-03-01T09:00:00Z"),
        ("2026-W09-7T09:00:00Z", "2026-03-01T09:00:00Z"),
        ("2026-03-01T09:00:00,040Z", "2026-03-01T09:00:00.040000Z"),
        ("2026-03-01T09Z", "2026-03-01T09:00:00Z"),
        ("20260301T090000Z", "2026-03-01T09:00:00Z"),
        ("2026-03-01T09:00:00", None),
        ("2026-03-01", None),
        ("soon", None),
        ("", None),
        ("0001-01-01T00:00:00+10:00", None),
        ("2026-02-30T09:00:00Z", None),
    ],
)
def test_an_instant_is_brought_to_utc(text: str, instant: str | None) -> None:
    assert read_instant(text) == instant


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001 - bounds are naive
    st.integers(-14, 14),
)
def test_an_instant_never_changes_its_moment(moment: datetime, hours: int) -> None:
    aware = moment.replace(tzinfo=timezone(timedelta(hours=hours)))
    read = read_instant(aware.isoformat())
    assert read is not None
    assert datetime.fromisoformat(read) == aware
    assert read.endswith("Z")


@given(st.text(max_size=30))
def test_any_text_is_an_instant_or_none(text: str) -> None:
    read = read_instant(text)
    assert read is None or datetime.fromisoformat(read).tzinfo == UTC


@pytest.mark.parametrize(
    ("text", "day"),
    [("2026-07-01T23:30:00Z", "2026-07-02"), ("2026-01-01T23:59:59.999Z", "2026-01-01")],
)
def test_a_day_is_the_day_of_the_business_zone(text: str, day: str) -> None:
    assert read_day(text, ZoneInfo("Europe/London")) == day


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ada@example.com", "ada@example.com"),
        ("  Ada.B+c@Example.co.uk. ", "Ada.B+c@Example.co.uk"),
        ("j***@ex***.com", "j***@ex***.com"),
        ("ada@example", None),
        ("ada example@example.com", None),
        ("ada@exa\nmple.com", None),
        ("ada@@example.com", None),
        ("@example.com", None),
        ("ada@notific\u0430tion.mirakl.net", None),
        ("a" * 65 + "@example.com", None),
    ],
)
def test_an_address_is_one_or_none(text: str, address: str | None) -> None:
    assert read_email(text) == address


@pytest.mark.parametrize(
    ("text", "good"),
    [("https://example.com/a?b=c", True), ("javascript:alert(1)", False), ("https://a b", False)],
)
def test_a_web_address_is_one_or_none(text: str, good: bool) -> None:  # noqa: FBT001 - a case
    assert (read_url(text) is not None) == good


def test_an_ip_address_is_of_either_kind() -> None:
    assert read_ip("192.0.2.1") == "192.0.2.1"
    assert read_ip("2001:DB8::1") == "2001:db8::1"
    assert read_ip("192.0.2.999") is None


@given(st.integers(-(10**13), 10**13), st.sampled_from([1, 100, 1000]))
def test_an_amount_survives_its_text(minor: int, scale: int) -> None:
    assert minor_units(decimal_text(minor, scale), scale) == minor


@given(st.text(max_size=40))
def test_an_encoded_segment_is_one_segment(text: str) -> None:
    encoded = segment(text.encode("utf-8", "replace").decode())
    assert encoded.isascii()
    assert not set(encoded) & set("/?# \n\r\t")
    assert encoded not in (".", "..")


@pytest.mark.parametrize("text", ["A-1", "é", "A B", "日本"])
def test_an_id_is_any_printable_text(text: str) -> None:
    assert is_id(text)


@pytest.mark.parametrize("text", ["", " A", "A ", ".", "..", "A\tB", "A\x7f", "x" * 257])
def test_what_could_break_a_path_is_no_id(text: str) -> None:
    assert not is_id(text)


@given(st.text(min_size=2, max_size=30).filter(lambda text: "@" not in text))
def test_a_masked_value_keeps_its_first_letter_only(text: str) -> None:
    assert mask(text) in (f"{text[0]}***", "https://***")
