"""The picture of a flow: boxes that do not overlap, and texts that stay in them."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.handbook.blocks import Handbook
from engine.handbook.flow import Flow, Outlet, Step
from engine.report.flow_figure import NARROW, WIDE, Box, Figure, lay_out, measure
from tests.handbooks import SHIPPED, hostile_handbook, shipped_handbook

TEXTS = st.text(min_size=1, max_size=80)
STEPS = st.builds(Step, TEXTS, TEXTS, st.lists(TEXTS, max_size=4).map(tuple))
FLOWS = st.builds(
    Flow,
    TEXTS,
    TEXTS,
    st.lists(STEPS, max_size=6).map(tuple),
    TEXTS,
    st.lists(st.builds(Outlet, TEXTS, TEXTS, st.just("call")), min_size=1, max_size=7).map(tuple),
    st.just(""),
)


def flow_of(handbook: Handbook) -> Flow:
    (flow,) = [
        one for section in handbook.sections for one in section.blocks if isinstance(one, Flow)
    ]
    return flow


def overlap(one: Box, other: Box) -> bool:
    across = one.x < other.x + other.width and other.x < one.x + one.width
    return across and one.y < other.y + other.height and other.y < one.y + one.height


def check(figure: Figure) -> None:
    frame = next(box for box in figure.boxes if box.look == "frame")
    plain = [box for box in figure.boxes if box.look not in ("frame", "call")]
    calls = [box for box in figure.boxes if box.look == "call"]
    assert not any(overlap(one, other) for one, other in combinations([*plain, frame], 2))
    assert not any(overlap(one, other) for one, other in combinations(calls, 2))
    for box in figure.boxes:
        assert box.x >= 0
        assert box.x + box.width <= figure.width + 0.01
        assert box.y + box.height <= figure.height
    for label in figure.labels:
        right = label.x + measure(label.text, 15 if label.look == "title" else 13)
        around = [box for box in figure.boxes if box.y < label.y < box.y + box.height]
        assert any(box.x < label.x and right <= box.x + box.width for box in around)


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("name", [*SHIPPED, "hostile"])
def test_a_shipped_flow_is_drawn_in_order(name: str, width: int) -> None:
    handbook = hostile_handbook() if name == "hostile" else shipped_handbook(name)
    check(lay_out(flow_of(handbook), width))


@settings(max_examples=60)
@given(FLOWS, st.sampled_from([WIDE, NARROW]))
def test_any_flow_is_drawn_in_order(flow: Flow, width: int) -> None:
    check(lay_out(flow, width))


def test_every_step_and_call_is_in_the_picture() -> None:
    flow = flow_of(shipped_handbook("orders"))
    for width in (WIDE, NARROW):
        looks = [box.look for box in lay_out(flow, width).boxes]
        assert (looks.count("step"), looks.count("call")) == (len(flow.steps), len(flow.outlets))
    assert [box.look for box in lay_out(flow, WIDE).boxes].count("held") == len(flow.steps)
