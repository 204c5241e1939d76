"""Alerts: people are told once when something turns wrong, and once when it is well again.

kinds → readings → judging → notices → watching → posting; the ping says that anybody watches.
"""
