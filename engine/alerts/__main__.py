"""`python -m engine.alerts`: the page of alerts for operators."""

from __future__ import annotations

import sys

from engine.alerts.page import write_page

if __name__ == "__main__":
    sys.stdout.write(write_page())
