"""The audit of an export as people read it: on one page, and in a terminal."""
