"""Which of ComfyUI's arguments the nested server gets too: how models run, where they lie, which custom nodes load."""

from __future__ import annotations

import os
from collections.abc import Iterable

# What is of one server alone, is for its page and its log, or would end it.
_DROPPED = (
    *("--port", "--listen", "--tls-keyfile", "--tls-certfile", "--enable-cors-header"),
    *("--auto-launch", "--disable-auto-launch", "--windows-standalone-build"),
    *("--user-directory", "--temp-directory", "--output-directory", "--database-url"),
    *("--front-end-version", "--front-end-root", "--multi-user", "--log-stdout", "--dont-print-server"),
    *("--enable-manager", "--enable-manager-legacy-ui", "--disable-manager-ui"),
    *("--enable-assets", "--enable-asset-hashing"),
    *("--quick-test-for-ci", "--list-feature-flags", "--debug-hang"),
)
_PATHS = ("--base-directory", "--input-directory", "--models-directory", "--extra-model-paths-config")
_CONFIG, _WHITELIST, _LOG = "--extra-model-paths-config", "--whitelist-custom-nodes", "--verbose"
# The file with which the library brings the pack in; the nested server has one of its own.
_OWN_CONFIG = "discomfort.yaml"
_PACK = "discomfort"


def server_arguments(arguments: Iterable[str], folder: str) -> list[str]:
    """The arguments for the nested server out of those of this one. `folder` is where relative paths begin."""
    kept: list[str] = []
    for name, values in _options(arguments):
        if _is_dropped(name):
            continue
        if name in _PATHS:
            values = [os.path.normpath(os.path.join(folder, value)) for value in values]
        if name == _CONFIG:
            values = [value for value in values if os.path.basename(value) != _OWN_CONFIG]
            if not values:
                continue
        if name == _WHITELIST:
            values = [_PACK, *(value for value in values if value != _PACK)]
        if name == _LOG and len(values) > 1:
            continue  # With a file, which is this server's.
        kept += [name, *values]
    if "--disable-all-custom-nodes" in kept and _WHITELIST not in kept:
        kept += [_WHITELIST, _PACK]
    return kept


def _options(arguments: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Each option with its values. ComfyUI knows no arguments but options, so all that follows one is its own."""
    options: list[tuple[str, list[str]]] = []
    for argument in arguments:
        if argument.startswith("--"):
            name, is_given, value = argument.partition("=")
            options.append((name, [value] if is_given else []))
        elif options:
            options[-1][1].append(argument)
    return options


def _is_dropped(name: str) -> bool:
    # An option may be cut short, as long as one alone begins like that; else this server would not run.
    return len(name) > 2 and any(dropped.startswith(name) for dropped in _DROPPED)
