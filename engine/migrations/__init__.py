"""Migrations: mappings brought from one version of the language to the next."""
