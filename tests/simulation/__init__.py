"""The proof of delivery: the real code under every schedule, fault and death that a seed can bring.

`baton.py` lets one thread run at a time and the seed decide which; `weather.py` is what goes wrong
on the wires; `life.py` is what happens to orders and people meanwhile; `run.py` is one run;
`witness.py` watches Dotdigital during it and `verdict.py` judges the end by what is true.
`wrong.py` holds known mistakes and `scenarios.py` a story for each that finds it.

The suite takes a small part of it. The long forms, on all cores:

    python -m tests.simulation 2000            random schedules, faults and deaths
    python -m tests.simulation 400 --mistake NAME
    python -m tests.simulation.killing --minutes 20    kill -9 at every point, SQLite and PostgreSQL
    python -m tests.simulation.consent         every state of a contact, for every kind of order
"""
