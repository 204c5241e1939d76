"""Settings: `MIRADOT_` variables, secrets also from files; what is wrong is told at once."""

from engine.settings.model import (
    BellSecrets,
    DotdigitalAccess,
    MiraklAccess,
    Settings,
    WebToken,
)
from engine.settings.reading import SettingView, read_settings, show_settings

__all__ = [
    "BellSecrets",
    "DotdigitalAccess",
    "MiraklAccess",
    "SettingView",
    "Settings",
    "WebToken",
    "read_settings",
    "show_settings",
]
