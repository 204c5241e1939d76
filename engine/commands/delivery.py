"""What commands that deliver share: both sides, the database and the worker, from the settings."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from engine.brand import read_brand
from engine.check import check_mapping
from engine.checked import CheckedSpec
from engine.clock import Clock, SystemClock
from engine.commands.run import Refused, read_given
from engine.connections.credentials import dotdigital_user, mirakl_key
from engine.connections.dotdigital import DotdigitalClient
from engine.connections.http import HttpWire
from engine.connections.mirakl import (
    EXPORT_TIER,
    EXTERNAL_PARTNER,
    ORDERS_TIER,
    REHEARSAL,
    SELLER,
    MiraklSource,
    Profile,
)
from engine.connections.mirakl_accounts import LOG_TIER
from engine.log import get_log, set_up_log
from engine.problem import Failure
from engine.settings import DotdigitalAccess, MiraklAccess, Need, Settings
from engine.sources.files import read_file
from engine.state.budget import Allowance, Rate
from engine.state.claims import Claimant
from engine.state.database import Database
from engine.state.migrations import prepare_database
from engine.state.pacing import BudgetPace
from engine.state.ties import tie_key
from engine.sync.flow import Flow, make_flow
from engine.sync.worker import Rules, Worker

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
# Seconds that an event is kept for a slow tier before it makes room for others.
_PATIENCE = 10.0
# Outside the vendor's tiers; a bound all the same, against a loop of ours.
_UNLIMITED = Rate(600, 60, burst=300, reserve=30)
MIRAKL_RATES = {
    # A poll is a call and its pages; how Mirakl counts those is not published.
    ORDERS_TIER: Rate(60, 60, burst=30),
    EXPORT_TIER: Rate(30, 60, burst=10),
    # Twenty a minute and sixty an hour; each page counts.
    LOG_TIER: Rate(60, 3600, burst=18),
}


# What has to be set for commands that reach Dotdigital, and both sides.
SENDING: tuple[Need, ...] = ("dotdigital", "tombstone_key")
SYNCING: tuple[Need, ...] = ("mirakl", *SENDING)
PROFILES = {"default": SELLER, "external_partner": EXTERNAL_PARTNER, "rehearsal": REHEARSAL}


@dataclass(frozen=True, slots=True)
class Delivery:
    """Everything open: a worker for events, a patient one for batches, Mirakl where it is set up.

    Both keep to one budget, of which a part is kept for events.
    """

    settings: Settings
    worker: Worker
    patient: Worker
    source: MiraklSource | None
    profile: Profile


def read_flow(mapping: Path, brand: Path | None) -> Flow:
    """Check and compile a mapping with the values of a brand; raises Refused and Failure."""
    return make_flow(_check(mapping, brand), _name_brand(brand))


def choose_flow(settings: Settings, mapping: Path | None, brand: Path | None, *needs: Need) -> Flow:
    """Give the flow that a command names, else the settings do; raises Refused and Failure.

    All that the command needs and that is not set is told at once.
    """
    settings.require(*(needs if mapping else ("mapping", *needs)))
    return read_flow(mapping or settings.require_mapping(), brand or settings.brand)


def _name_brand(brand: Path | None) -> str:
    file = read_brand(read_file(brand), str(brand))[0] if brand is not None else None
    return file.brand.brand if file is not None else ""


def refuse_examples(flow: Flow) -> None:
    """Raise Failure where examples stand in for parameters: nobody's list is number 1234."""
    examples = sorted(flow.mapping.checked.params.examples)
    if examples:
        told = ", ".join(examples)
        raise Failure(f"examples stand in for {told}; give a brand file before anything is sent")


def _check(mapping: Path, brand: Path | None) -> CheckedSpec:
    given = read_given(mapping, brand, ())
    checked = check_mapping(read_file(mapping), str(mapping), given)
    if checked.spec is None:
        raise Refused(checked.problems)
    return checked.spec


def open_database(settings: Settings, clock: Clock) -> Database:
    """Open the database and bring its tables up to date."""
    database = Database(settings.database)
    prepare_database(database, clock.now())
    return database


@contextmanager
def open_delivery(
    settings: Settings,
    flow: Flow,
    *,
    urgent: bool = True,
    with_mirakl: bool = True,
    clock: Clock | None = None,
) -> Iterator[Delivery]:
    """Open both sides for a flow, and close them again; raises Failure where one is not set up.

    Without `urgent` both workers are patient ones. `clock` is the machine's unless given.
    """
    settings.require(*(SYNCING if with_mirakl else SENDING))
    access = settings.require_dotdigital()
    mirakl = settings.require_mirakl() if with_mirakl else None
    key = settings.require_tombstone_key().get_secret_value().encode()
    clock = clock or SystemClock()
    set_up_log(settings.log_format, settings.log_level)
    with ExitStack() as stack:
        database = open_database(settings, clock)
        stack.callback(database.close)
        _recognise_key(database, key, clock)
        wire, _ = open_dotdigital(stack, settings)
        rates = dotdigital_rates(flow, access.tiers)
        pace = BudgetPace(database, clock, access.user, rates, urgent=True, longest_wait=_PATIENCE)
        rules = Rules(trail=settings.consent_trail)
        worker = Worker(
            flow=flow,
            database=database,
            client=DotdigitalClient(wire, flow.target, pace, access.url),
            clock=clock,
            claimant=Claimant(flow.name, f"{settings.worker}-{os.getpid()}", rules.lease),
            tombstone_key=key,
            rules=rules,
            talk=get_log("none"),
        )
        slow = replace(pace, urgent=False, longest_wait=math.inf)
        patient = replace(worker, client=DotdigitalClient(wire, flow.target, slow, access.url))
        source = _open_mirakl(stack, settings, mirakl, worker) if mirakl is not None else None
        first = worker if urgent else patient
        yield Delivery(settings, first, patient, source, PROFILES[settings.mirakl_profile])


def open_dotdigital(stack: ExitStack, settings: Settings) -> tuple[HttpWire, DotdigitalAccess]:
    """Open the way to Dotdigital until the stack is closed; Failure where it is not set up."""
    access = settings.require_dotdigital()
    user = dotdigital_user(access.user, access.password.get_secret_value())
    return stack.enter_context(HttpWire(access.url, user, _hosts(settings))), access


def _recognise_key(database: Database, key: bytes, clock: Clock) -> None:
    with database.transaction() as connection:
        fits = tie_key(connection, key, clock.now())
    if not fits:
        raise Failure(
            "MIRADOT_TOMBSTONE_KEY is another one than the database was made with: whoever was"
            " erased would come back; put the former one back"
        )


def _open_mirakl(
    stack: ExitStack, settings: Settings, access: MiraklAccess, worker: Worker
) -> MiraklSource:
    key = mirakl_key(access.key.get_secret_value())
    wire = stack.enter_context(HttpWire(access.url, key, _hosts(settings)))
    pace = BudgetPace(worker.database, worker.clock, access.url, MIRAKL_RATES, urgent=True)
    return MiraklSource(wire, access.tax_mode, wire.home, pace, str(access.shop_id or ""))


def _hosts(settings: Settings) -> tuple[str, ...]:
    return (*settings.allowed_hosts, *_LOOPBACK)


def dotdigital_rates(flow: Flow, given: object) -> dict[str, Rate]:
    """Give the rate of each tier: as the settings say, else as the target lock does."""
    rates = {}
    told = dict(given) if isinstance(given, dict) else {}
    for name, tier in flow.target.rate_tiers.items():
        calls = told.get(name, tier.calls)
        if calls is None or tier.seconds is None:
            rates[name] = _UNLIMITED
            continue
        burst = max(min(calls // 2, calls - 2), 0)
        rates[name] = Rate(calls, tier.seconds, burst=burst, reserve=burst // 4)
    return rates


def list_allowances(settings: Settings, flow: Flow) -> list[tuple[str, Allowance]]:
    """Give the calls that each side allows, of those sides that are set up, with its name."""
    user, url = settings.dotdigital_user, settings.mirakl_url
    dotdigital = dotdigital_rates(flow, settings.dotdigital_tiers) if user is not None else {}
    mirakl = MIRAKL_RATES if url is not None else {}
    return [
        *(("Dotdigital", Allowance(user or "", tier, rate)) for tier, rate in dotdigital.items()),
        *(("Mirakl", Allowance(url or "", tier, rate)) for tier, rate in mirakl.items()),
    ]
