"""The shop made known: which one a key of Mirakl is for is asked once, and kept."""

from __future__ import annotations

from engine.connections.mirakl import MiraklSource
from engine.state.shops import Feed, enter_shop, recall_shop, remember_shop
from engine.sync.landing import ORDERS, Poll
from engine.sync.worker import Worker


def recognise_shop(worker: Worker, source: MiraklSource, credential: str) -> str:
    """Give the id of the shop whose orders a source gives, and let it take part in the flow.

    `credential` is a keyed hash of address and key, so that Mirakl, which wants to be asked of it
    once a day at most, is asked once for each key. Raises SourceError.
    """
    with worker.transaction() as connection:
        known = recall_shop(connection, credential)
    shop = known if known is not None else source.read_shop()
    now = worker.now
    with worker.transaction() as connection:
        if known is None:
            remember_shop(connection, credential, shop, now)
        enter_shop(connection, Feed(worker.flow.name, shop), ORDERS, now - Poll().first, now)
    return shop
