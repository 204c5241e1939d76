"""Measurements: ratios taken in one run, and the orders they are taken over."""
