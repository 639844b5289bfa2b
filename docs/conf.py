"""How `make docs` makes the site of these pages."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from sphinx.application import Sphinx

from flask_stadtlabor import __version__

project = "flask_stadtlabor"
author = "the contributors of flask_stadtlabor"
version = release = __version__
language = "en"

extensions = ["myst_parser", "sphinx.ext.autodoc"]
exclude_patterns = ["_build"]

# Headings can be linked to, in the same way as where the repository is browsed.
myst_heading_anchors = 3
# Pictures as HTML may say how wide they are, here and where the repository is browsed.
myst_enable_extensions = ["html_image"]

autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints = "description"

# Indented blocks are commands and configuration.
highlight_language = "none"

html_theme = "furo"
html_title = f"flask_stadtlabor {release}"
html_copy_source = False


def setup(app: Sphinx) -> None:
    """Lead links to files beside `docs/`, which readers of the repository follow, to our pages."""
    app.connect("source-read", _lead_to_pages)
    app.connect("include-read", _stay_on_the_site)


def _lead_to_pages(app: Sphinx, page: str, source: list[str]) -> None:
    source[0] = source[0].replace("](../CHANGES.md)", "](changes.md)")


def _stay_on_the_site(app: Sphinx, path: object, parent: str, content: list[str]) -> None:
    content[0] = content[0].replace("](docs/", "](")
