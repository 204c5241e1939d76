"""The databases that these tests run on."""

from tests.state.databases import database, database_url, postgres, prepared_file

__all__ = ["database", "database_url", "postgres", "prepared_file"]
