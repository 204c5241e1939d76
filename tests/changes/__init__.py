"""Seeded edits of the shipped mappings, and what the plan of each must say."""
