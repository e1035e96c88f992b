"""A closed table of classes. Nothing is ever imported by a name that comes from data."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from ..transport.problems import DiscomfortValueDamaged

_DO_NOT_FIT = (TypeError, KeyError, ValueError, AttributeError, AssertionError, ArithmeticError)


class Known(NamedTuple):
    """A class whose objects are data: its name in trees, where it lies, how it is taken apart and made again."""

    name: str
    module: str
    class_name: str
    take_apart: Callable[[Any], dict[str, Any]]
    rebuild: Callable[[type, dict[str, Any]], Any]

    def is_class_of(self, value: Any) -> bool:
        """Whether a value is of exactly this class. A class that nobody imported has no objects."""
        module = sys.modules.get(self.module)
        return module is not None and type(value) is getattr(module, self.class_name, None)

    def find_class(self) -> type | None:
        """The class, or None where this ComfyUI does not have it."""
        try:
            return getattr(importlib.import_module(self.module), self.class_name, None)
        except ImportError:
            return None


class Registry:
    """Takes known objects apart into a name and fields, and makes them again from these."""

    def __init__(self, known: Iterable[Known]) -> None:
        self._by_name = {each.name: each for each in known}

    def take_apart(self, value: Any) -> tuple[str, dict[str, Any]] | None:
        """The name and the fields of an object; None where its class is not in the table."""
        for known in self._by_name.values():
            if known.is_class_of(value):
                return known.name, known.take_apart(value)
        return None

    def rebuild(self, name: str, fields: dict[str, Any]) -> Any:
        """The object again. Raises DiscomfortValueDamaged for an unknown name and for fields that do not fit."""
        known = self._by_name.get(name)
        if known is None:
            raise DiscomfortValueDamaged(f"The value holds an object {name!r:.60}, which is not known here.")
        found = known.find_class()
        if found is None:
            raise DiscomfortValueDamaged(f"The value holds an object {name}, and this ComfyUI has no such class.")
        try:
            return known.rebuild(found, fields)
        except _DO_NOT_FIT as error:
            raise DiscomfortValueDamaged(f"The fields of an object {name} do not fit: {error!r:.200}") from error
