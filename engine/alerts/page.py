"""The page of alerts for operators: each alert, what it means, what to do, and who hears of it."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import dedent

from engine.alerts.kinds import KINDS, Kind
from engine.report.ages import count
from engine.settings.alerts import ALERT_LIMITS, EVERYBODY_ELSE

_WHOLE = 100
_HEAD = dedent("""\
    # Alerts

    You are told once when something turns wrong, and once when it is well again. In between nothing
    comes, however long it takes; `miradot alerts` shows how things stand now. A notice says what it
    is, since when (UTC), how many orders or fields, the top cause, what to do, and where to look.
    It never names a customer.

    ## Setting it up
    """)
_SETTINGS = {
    "MIRADOT_ALERT_ROUTES": (
        "where notices go: `OWNER=URL` with blanks between, each URL as"
        " [apprise](https://appriseit.com/services) writes it, such as"
        " `finance=mailtos://USER:PASSWORD@example.com default=slack://TOKEN`. An owner may stand"
        f" there several times; `{EVERYBODY_ELSE}` is for every owner without a route. It holds"
        " passwords, so better name a file in `MIRADOT_ALERT_ROUTES_FILE`"
    ),
    "MIRADOT_ALERT_LIMITS": (
        "from when on you are told, such as `held=15, queue=30`; names and usual figures below"
    ),
    "MIRADOT_WEB_ADDRESS": "where people find the page, so that notices can link to it",
    "MIRADOT_ALERT_PING": (
        "an https address that is asked after each good cycle: see"
        " [below](#when-nothing-comes-at-all)"
    ),
}
_SET_UP = dedent("""\
    Then see whether notices arrive: `miradot alerts --test` sends one to every route and says what
    came back.

    `miradot sync` watches once a minute as a service, and at the end of each `--once`. Owners are
    the teams that exceptions go to. Where orders are held or rejected, the team of the top cause is
    told, and that team hears of the end too.

    ## The alerts
    """)
_FOOT = dedent("""\
    ## When nothing comes at all

    A machine that is down sends nothing, and silence looks like peace. So miradot asks
    `MIRADOT_ALERT_PING` after each good cycle: one in which no run fails and Mirakl was read in
    time. Give it an address of a service that raises the alarm when it is *not* asked for a while
    (a dead man's switch). For the service a quarter of an hour is a good while; for `--once`, twice
    the time between two runs.

    ## What is promised

    - **Once.** A change is told once on each route, also when several workers run. What wavers
      around its limit is told once: it is over only after it has been well below for as long as the
      table says.
    - **Tried again.** A notice that a service refuses is tried again after a minute, then less
      often, for a day; the log tells each time.
    - **Not twice, when in doubt.** If the process ends while a notice is on its way, it is not sent
      again; `miradot alerts` says that nobody knows whether it went. Only a service that took a
      notice and broke off its answer may get it once more.
    - **Nothing untrue.** What is over before it could be told is not told at all.
    """)


def write_page() -> str:
    """Give the page as Markdown."""
    return "\n".join((_HEAD, *_settings(), "", _SET_UP, *_table(), "", *_sections(), _FOOT))


def _settings() -> Iterator[str]:
    yield "| setting | what it is for |"
    yield "| --- | --- |"
    yield from (f"| `{name}` | {about} |" for name, about in _SETTINGS.items())


def _table() -> Iterator[str]:
    yield "| alert | who hears of it | told from | over after |"
    yield "| --- | --- | --- | --- |"
    for name, kind in KINDS.items():
        owner = f"owner of the top cause, else {kind.owner}" if kind.by_cause else kind.owner
        limits = ", ".join(_tell_limit(one, what) for one, what in kind.limits.items())
        yield f"| [{name}](#{name}) | {owner} | {limits} | {_tell_end(kind)} |"


def _tell_limit(name: str, what: str) -> str:
    return f"`{name}={ALERT_LIMITS[name]}` {what}"


def _tell_end(kind: Kind) -> str:
    minutes = int(kind.calm_after.total_seconds()) // 60
    if not minutes:
        return "the next survey that finds less"
    share = f"{round(kind.calm * _WHOLE)} % of that" if kind.calm < 1 else "that"
    return f"{count(minutes, 'minute')} below {share}"


def _sections() -> Iterator[str]:
    for name, kind in KINDS.items():
        yield f"### {name}"
        yield ""
        yield f"*{kind.title[:1].upper()}{kind.title[1:]}.* {kind.means}"
        yield ""
        yield from (f"{number}. {step}" for number, step in enumerate(kind.do, 1))
        yield ""
        page = kind.page.strip("/").capitalize()
        yield f"Look with `{kind.command}`, or open *{page}* on the page."
        yield ""
