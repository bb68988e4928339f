"""The pages, and the place where the parts are put together.

`app` puts the web application together, `processes` the worker and the clock, `together` all of them on one machine;
`settings` is the only reader of the environment, and `cli` the command line.
"""

from importlib import import_module


def __getattr__(name: str) -> object:
    """`webapp:create_app` is where servers look for the application; nobody else waits for it to be imported."""
    if name == "create_app":
        return import_module("webapp.app").create_app
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
