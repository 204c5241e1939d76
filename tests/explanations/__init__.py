"""Explanations as people read them, each in a file."""
