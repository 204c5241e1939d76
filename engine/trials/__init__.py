"""Trials: the cases of a test file, run against their mapping."""
