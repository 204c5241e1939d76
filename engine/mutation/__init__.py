"""Mutation: small wrong edits of a mapping, each of which its tests should notice."""
