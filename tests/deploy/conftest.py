"""The databases that drills run on."""

from tests.state.databases import empty_url, postgres

__all__ = ["empty_url", "postgres"]
