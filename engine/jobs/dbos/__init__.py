"""Jobs kept and started by DBOS; nothing outside this room knows of it.

Its tables hold names of jobs and when they ran. They may be dropped at any time: what is to be done
is read from ours again.
"""
