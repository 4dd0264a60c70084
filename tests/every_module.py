"""Every module of the program, imported: so every table is known. A command imports only its own (processes/cli.py)."""

import importlib
import pkgutil

import thangdee


def import_all() -> list[str]:
    """Import every module; their names."""
    names = [found.name for found in pkgutil.walk_packages(thangdee.__path__, "thangdee.")]
    for name in names:
        if not name.endswith("__main__"):
            importlib.import_module(name)
    return names
