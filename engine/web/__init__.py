"""The page for the people who run the business: server-rendered, and usable without scripts.

Reading order: desk, causes, surveys and plans (what is shown and done, handed in), twins (their
published schemas), visitors (who asks, and what they may do), fences (what every answer carries,
and which requests are refused), asking and pages (the list of them), showing and drawing
(templates), app, server.
"""
