"""The page for the people who run the business: server-rendered, and usable without scripts.

Reading order: desk (what is shown and done, handed in), visitors (who asks, and what they may do),
fences (what every answer carries, and which requests are refused), pages (the list of them),
showing (templates), app, server.
"""
