"""Event pages, registration and consent for a city's participation portal."""

from flask_stadtlabor.config import ConfigurationError, Settings
from flask_stadtlabor.extension import Stadtlabor
from flask_stadtlabor.ports import Action, Actor, Level

__all__ = ["Action", "Actor", "ConfigurationError", "Level", "Settings", "Stadtlabor"]
__version__ = "0.1.0"
