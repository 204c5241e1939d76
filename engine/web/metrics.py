"""Metrics in the text that Prometheus reads, from the store: runs of other processes count too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from engine.web.desk import FlowPage, HealthPage

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_STATES = ("ok", "late", "stuck", "failed", "never ran")


class _Reading:
    """One reading of the store, as Prometheus asks for it."""

    def __init__(self, page: HealthPage) -> None:
        self._page = page

    def collect(self) -> Iterator[Metric]:
        """Give the families."""
        yield from _count_flows(self._page)
        yield from _time_flows(self._page)
        left = GaugeMetricFamily(
            "miradot_calls_left", "Calls that may be made at once.", labels=["side", "tier"]
        )
        for one in self._page["left"]:
            left.add_metric([one["side"], one["tier"]], one["calls"])
        yield left
        yield from _tell_surveys(self._page)
        deletions = self._page["shared"]["deletions"]
        yield GaugeMetricFamily(
            "miradot_deletions_owed", "Contacts Dotdigital still has to delete.", value=deletions
        )


def write_metrics(page: HealthPage) -> bytes:
    """Give the figures of a page of health."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Reading(page))
    return generate_latest(registry)


def _count_flows(page: HealthPage) -> Iterator[Metric]:
    state = GaugeMetricFamily(
        "miradot_state", "1 for the state that a mapping is in.", labels=["mapping", "state"]
    )
    ended = GaugeMetricFamily(
        "miradot_orders_ended_24h",
        "Orders that ended in the last 24 hours.",
        labels=["mapping", "outcome"],
    )
    waiting = GaugeMetricFamily(
        "miradot_orders_waiting", "Orders that wait.", labels=["mapping", "lane"]
    )
    for_people = GaugeMetricFamily(
        "miradot_exceptions_open", "Exceptions that wait for people.", labels=["mapping", "owner"]
    )
    unknown = GaugeMetricFamily(
        "miradot_calls_unknown", "Calls of which nobody knows the outcome.", labels=["mapping"]
    )
    for flow in page["flows"]:
        health, name = flow["health"], flow["health"]["mapping"]
        for one in _STATES:
            state.add_metric([name, one], one == health["state"])
        for outcome, number in health["last_24_hours"].items():
            ended.add_metric([name, outcome], number)
        waiting.add_metric([name, "event"], health["events"]["waiting"])
        waiting.add_metric([name, "batch"], health["batches"]["waiting"])
        for owner, number in health["for_people"].items():
            for_people.add_metric([name, owner], number)
        unknown.add_metric([name], health["unknown_calls"])
    return iter((state, ended, waiting, for_people, unknown))


def _time_flows(page: HealthPage) -> Iterator[Metric]:
    success = GaugeMetricFamily(
        "miradot_last_success_timestamp_seconds", "The last run that went well.", labels=["mapping"]
    )
    oldest = GaugeMetricFamily(
        "miradot_oldest_waiting_seconds", "Age of what waits longest.", labels=["mapping"]
    )
    lag = GaugeMetricFamily(
        "miradot_lag_median_seconds", "From an order's arrival to its end.", labels=["mapping"]
    )
    for flow in page["flows"]:
        name = flow["health"]["mapping"]
        if "last_success" in flow:
            success.add_metric([name], _seconds(flow["last_success"]))
        oldest.add_metric([name], _oldest(flow, page["at"]))
        if "lag" in flow:
            lag.add_metric([name], flow["lag"]["median"])
    return iter((success, oldest, lag))


def _tell_surveys(page: HealthPage) -> Iterator[Metric]:
    labels = ["mapping", "kind", "part"]
    found = GaugeMetricFamily(
        "miradot_survey_found", "Things that were not as they should be.", labels=labels
    )
    made = GaugeMetricFamily(
        "miradot_survey_timestamp_seconds", "When the survey was made.", labels=labels
    )
    for one in page["surveys"]:
        label = [one["mapping"], one["kind"], one["part"]]
        found.add_metric(label, one["found"])
        made.add_metric(label, _seconds(one["at"]))
    return iter((found, made))


def _oldest(flow: FlowPage, now: str) -> float:
    lanes = (flow["health"]["events"], flow["health"]["batches"])
    since = min((one["oldest"] for one in lanes if "oldest" in one), default=now)
    return max(_seconds(now) - _seconds(since), 0.0)


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()
