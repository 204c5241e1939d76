"""Delivery under schedules, faults and deaths; and the mistakes that this must notice."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.simulation.__main__ import prepare, try_seeds
from tests.simulation.scenarios import SCENARIOS
from tests.simulation.trying import try_seed
from tests.simulation.wrong import MISTAKES, SOON, Mistake, mistaken

SEEDS = 60
"""A few only: `python -m tests.simulation SEEDS` tries as many as wanted."""
SOON_IS = 25


@pytest.fixture(autouse=True)
def prepared() -> None:
    prepare()


def test_every_invariant_holds_whatever_happens() -> None:
    told, wrong = try_seeds(range(SEEDS))
    assert wrong == []
    assert told["schedules"] == SEEDS
    assert told["checked: I1"] > SEEDS
    kinds = Counter(name.partition(": ")[0] for name in told)
    assert kinds["fault"] >= 8
    assert min(told["death: kill"], told["death: pause"]) > 5


def test_a_seed_is_the_same_run_each_time() -> None:
    assert try_seed(3) == try_seed(3)


@pytest.mark.parametrize("mistake", SCENARIOS, ids=lambda one: one.__name__)
def test_the_story_of_a_mistake_ends_well_without_it_and_badly_with_it(mistake: Mistake) -> None:
    story = SCENARIOS[mistake]
    story()
    with mistaken(mistake), pytest.raises(AssertionError):
        story()


@pytest.mark.parametrize("name", SOON)
def test_random_schedules_notice_a_known_mistake_too(name: str) -> None:
    _, wrong = try_seeds(range(SOON_IS), name, most=1)
    assert len(wrong) == 1
    assert ": Violation: I" in wrong[0]


def test_every_known_mistake_has_its_story() -> None:
    assert set(SCENARIOS) == set(MISTAKES.values())
