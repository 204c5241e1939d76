"""Settings: `MIRADOT_` variables, secrets also from files; what is wrong is told at once."""

from engine.settings.missing import Need
from engine.settings.model import (
    BellSecrets,
    DotdigitalAccess,
    MiraklAccess,
    Settings,
)
from engine.settings.reading import SettingView, read_settings, show_settings
from engine.settings.web import WebAccess, WebProxy, WebToken

__all__ = [
    "BellSecrets",
    "DotdigitalAccess",
    "MiraklAccess",
    "Need",
    "SettingView",
    "Settings",
    "WebAccess",
    "WebProxy",
    "WebToken",
    "read_settings",
    "show_settings",
]
