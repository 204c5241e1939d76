"""The databases that are died on."""

from tests.state.databases import database_url, postgres, prepared_file

__all__ = ["database_url", "postgres", "prepared_file"]
