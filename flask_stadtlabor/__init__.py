"""Event pages, registration and consent for a city's participation portal."""

from flask_stadtlabor.config import ConfigurationError, Settings
from flask_stadtlabor.extension import Stadtlabor
from flask_stadtlabor.ports import Actor, Level

__all__ = ["Actor", "ConfigurationError", "Level", "Settings", "Stadtlabor"]
__version__ = "0.1.0"
