"""Packages whose public names are loaded when they are first used, so that importing one costs next to nothing."""

import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any


def loading(package: str, homes: Mapping[str, Iterable[str]]) -> Callable[[str], Any]:
    """What a package has for its ``__getattr__``.

    Args:
        package: its name.
        homes: its public names, by the modules in which they are, as seen from the package.
    """
    home_of = {name: home for home, names in homes.items() for name in names}

    def load(name: str) -> Any:
        home = home_of.get(name)
        if home is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f"{package}.{home}"), name)
        setattr(sys.modules[package], name, value)  # the next time it is there
        return value

    return load
