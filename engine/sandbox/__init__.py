"""The sandbox: a local Mirakl and a local Dotdigital with made-up shoppers, to rehearse against.

`world/` holds what is true: who bought what and what became of it, in whole pence. `mirakl/` shows
that truth as Mirakl's seller API does; `dotdigital/` keeps what it was sent by Dotdigital's rules.
Both answer plain requests (`service.py`); `server.py` puts them behind HTTP on this machine.
Nothing here reaches out, and nothing in the engine needs it.
"""
