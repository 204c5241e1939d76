"""Delivery under schedules, faults and deaths; and the mistakes that this must notice."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.simulation.__main__ import prepare, try_seeds
from tests.simulation.trying import try_seed
from tests.simulation.wrong import OFTEN, mistaken

SEEDS, PARTS = 160, 8
MOST_SCHEDULES = 400
"""A mistake is to be seen within so many schedules."""


@pytest.fixture(autouse=True)
def prepared() -> None:
    prepare()


@pytest.mark.parametrize("part", range(PARTS))
def test_every_invariant_holds_whatever_happens(part: int) -> None:
    size = SEEDS // PARTS
    told, wrong = try_seeds(range(part * size, part * size + size))
    assert wrong == []
    assert told["schedules"] == size
    assert told["checked: I1"] > 0


def test_a_seed_is_the_same_run_each_time() -> None:
    assert try_seed(3) == try_seed(3)


@pytest.mark.parametrize("name", OFTEN)
def test_a_known_mistake_is_noticed(name: str) -> None:
    with mistaken(OFTEN[name]):
        for seed in range(MOST_SCHEDULES):
            try:
                try_seed(seed)
            except AssertionError:
                return
    pytest.fail(f"{name} was not noticed in {MOST_SCHEDULES} schedules")


def test_faults_and_deaths_of_every_kind_are_among_the_first_runs() -> None:
    told = Counter[str]()
    for seed in range(60):
        told += try_seed(seed)
    faults = {name for name in told if name.startswith("fault: ")}
    assert len(faults) >= 12
    assert told["death: kill"] > 5
    assert told["death: pause"] > 5
