"""Edits of YAML at its marks: what is not changed stays as it was written, byte for byte."""
