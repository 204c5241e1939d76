"""`miradot status`: how things stand; for now, which settings are in force."""

from __future__ import annotations

from engine.problem import Failure
from engine.report.findings import encodable
from engine.report.status import STATUS_SCHEMA, SettingDocument, StatusDocument


def tell_status(*, settings: bool) -> StatusDocument:
    """Give what is asked for; Failure where nothing is, or a setting is wrong."""
    if not settings:
        raise Failure("say what to show: --settings")
    return {"schema": STATUS_SCHEMA, "settings": _list_settings()}


def _list_settings() -> list[SettingDocument]:
    try:
        from engine.settings import read_settings, show_settings  # noqa: PLC0415 - an extra
    except ImportError:
        raise Failure('status needs the extra: pip install "miradot[sync]"') from None
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
