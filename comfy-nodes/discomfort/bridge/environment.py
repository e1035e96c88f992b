"""What the bridge finds in its environment."""

from __future__ import annotations

from collections.abc import Mapping

# What was meant for this server or for whoever started it. Where values lie is the same for all.
_OF_THIS_SERVER = (
    *("DISCOMFORT_NONCE", "DISCOMFORT_WATCH_STDIN", "DISCOMFORT_LOG_FILE"),
    *("DISCOMFORT_SERVER", "DISCOMFORT_TOKEN", "DISCOMFORT_HEADERS", "DISCOMFORT_PROXY", "DISCOMFORT_CA"),
    *("DISCOMFORT_COMFYUI", "DISCOMFORT_PYTHON", "DISCOMFORT_INSTALL"),
    *("DISCOMFORT_BRIDGE", "DISCOMFORT_NODE"),
)


def bridge_environment(env: Mapping[str, str]) -> dict[str, str]:
    """The environment for the bridge out of this server's."""
    return {name: value for name, value in env.items() if name not in _OF_THIS_SERVER}
