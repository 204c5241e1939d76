"""`miradot status`: how things stand by facts and a clock, or which settings are in force."""

from __future__ import annotations

from engine.clock import SystemClock
from engine.problem import Failure
from engine.report.findings import encodable
from engine.report.status import STATUS_SCHEMA, SettingDocument, StatusDocument

_EXTRA = 'status needs the extra: pip install "miradot[sync]"'


def tell_status(*, settings: bool) -> StatusDocument:
    """Give how things stand, or the settings; Failure where a setting is wrong."""
    if settings:
        return {"schema": STATUS_SCHEMA, "settings": _list_settings()}
    try:
        from engine.commands.health import tell_health  # noqa: PLC0415 - an extra
        from engine.settings import read_settings  # noqa: PLC0415 - idem
    except ImportError:
        raise Failure(_EXTRA) from None
    return {"schema": STATUS_SCHEMA, "health": tell_health(read_settings(), SystemClock())}


def _list_settings() -> list[SettingDocument]:
    try:
        from engine.settings import read_settings, show_settings  # noqa: PLC0415 - an extra
    except ImportError:
        raise Failure(_EXTRA) from None
    told: list[SettingDocument] = []
    for one in show_settings(read_settings()):
        view: SettingDocument = {
            "name": one.name,
            "value": encodable(one.value),
            "origin": one.origin,
            "about": one.about,
        }
        if one.file:
            view["file"] = encodable(one.file)
        told.append(view)
    return told
