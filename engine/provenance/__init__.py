"""Provenance: from one value of a plan back to what made it, and to what was left out of it.

Read it in this order: `explanation.py` (what comes out), `trace.py` (what the compiled function
saw, element by element), `places.py` (where that stands in the record), `fields.py` (which value is
asked for), `values.py`, `amounts.py`, `people.py`, `lifetimes.py` and `calls.py` (how each kind of
value came about), `addends.py` (what adds up to it), `trying.py` (what would have made a
difference) with `observers.py`, and `reader.py`, which puts one explanation together.

No value is worked out here a second time: every one comes from the compiled function's own run.
"""
