"""The operating handbook: a checked mapping told to the people who run the business.

`document.py` is the page to read first. Nothing here knows Markdown or HTML; `engine.report` does.
"""
