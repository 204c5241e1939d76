"""The proof of delivery: the real code under every schedule, fault and death that a seed can bring.

`baton.py` lets one thread run at a time and the seed decide which; `weather.py` is what goes wrong
on the wires; `life.py` is what happens to orders and people meanwhile; `run.py` is one run;
`witness.py` watches Dotdigital during it and `verdict.py` judges the end by what is true.
"""
