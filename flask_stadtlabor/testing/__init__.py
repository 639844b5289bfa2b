"""What a host checks our pages with, in its own layout and its own test suite.

Needs the extra ``testing``. The fixtures are in ``pytest_stadtlabor``, a module of its own beside
this package, since pytest imports it in every run of an environment.
"""
