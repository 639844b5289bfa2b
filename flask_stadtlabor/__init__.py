"""Event pages, registration and consent for a city's participation portal."""

from flask_stadtlabor.config import ConfigurationError, Settings
from flask_stadtlabor.events.formats.sitemap import SitemapEntry, sitemap_entries
from flask_stadtlabor.extension import Stadtlabor
from flask_stadtlabor.ports import Action, Actor, Level
from flask_stadtlabor.privacy.account import erase_person, export_person
from flask_stadtlabor.privacy.erasure import Erased

__all__ = [
    "Action",
    "Actor",
    "ConfigurationError",
    "Erased",
    "Level",
    "Settings",
    "SitemapEntry",
    "Stadtlabor",
    "erase_person",
    "export_person",
    "sitemap_entries",
]
__version__ = "0.3.0"
