"""What the environment allows to libraries on other machines."""

from __future__ import annotations

import math
import os

_GIB = 1 << 30
_HOUR = 3600.0


def max_value_bytes() -> int:
    """How large a value may be that is uploaded: DISCOMFORT_MAX_VALUE_GB, 64 GiB without it."""
    return int(_number("DISCOMFORT_MAX_VALUE_GB", 64.0) * _GIB)


def idle_seconds() -> float:
    """After how long without a request a remote context is removed: DISCOMFORT_REMOTE_HOURS, a day without it."""
    return _number("DISCOMFORT_REMOTE_HOURS", 24.0) * _HOUR


def _number(name: str, default: float) -> float:
    try:
        number = float(os.environ[name])
    except (KeyError, ValueError):
        return default
    return number if math.isfinite(number) and number > 0 else default
