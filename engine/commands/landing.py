"""Where commands land orders: the shop that the key of Mirakl is for, found out once and kept."""

from __future__ import annotations

from dataclasses import replace

from engine.commands.delivery import Delivery
from engine.connections.mirakl import MiraklSource
from engine.log import Log
from engine.problem import Failure
from engine.state.hashes import hash_identifier
from engine.sync.landing import Landing, Poll
from engine.sync.shops import recognise_shop


def find_shop(delivery: Delivery) -> str:
    """Give the id of the shop whose orders are read; raises Failure and SourceError."""
    access, worker = delivery.settings.require_mirakl(), delivery.worker
    words = (access.url, str(access.shop_id or ""), access.key.get_secret_value())
    credential = hash_identifier(worker.tombstone_key, "key", "\n".join(words))
    return recognise_shop(worker, _source_of(delivery), credential)


def open_landing(delivery: Delivery, run: str, talk: Log | None = None) -> Landing:
    """Give where the orders of a run are landed; raises Failure and SourceError."""
    shop, worker = find_shop(delivery), delivery.worker
    heard = worker if talk is None else replace(worker, talk=talk)
    poll = Poll(at_least=delivery.profile.at_least)
    return Landing(heard, _source_of(delivery), run, poll, shop)


def _source_of(delivery: Delivery) -> MiraklSource:
    if delivery.source is None:
        raise Failure("Mirakl is not set up")
    return delivery.source
