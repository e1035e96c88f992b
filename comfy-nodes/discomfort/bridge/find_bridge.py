"""Which command starts the bridge."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .problems import BridgeMissing

OLDEST_NODE = (20, 19)
CONFIG = "bridge.json"
_CLI = ("dist", "cli", "main.js")
_SECONDS = 20.0

# The path of a program, as shutil.which gives it; and what `PROGRAM --version` says.
Which = Callable[[str], "str | None"]
AskVersion = Callable[[str], str]


def ask_version(program: str) -> str:
    """What a program says of its version. Raises OSError where it cannot be run."""
    try:
        said = subprocess.run(
            [program, "--version"], stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.SubprocessError as error:
        raise OSError(str(error)) from error
    return said.stdout.decode(errors="replace").strip()


def find_bridge(
    pack: Path, env: Mapping[str, str], which: Which = shutil.which, version: AskVersion = ask_version
) -> list[str]:
    """The command: what DISCOMFORT_BRIDGE says, else bridge.json of the pack, else the library that the pack is part
    of, else `discomfort` on the PATH. Raises BridgeMissing.
    """
    named = env.get("DISCOMFORT_BRIDGE", "").strip()
    if named.startswith("["):
        return _whole_command(named)
    config = _read_config(pack)
    program = env.get("DISCOMFORT_NODE") or config.get("node")
    cli = named or config.get("cli")
    if cli:
        return [_node(program, which, version), _existing(Path(cli), named), "bridge"]
    library = Path(os.path.realpath(pack)).parents[1]
    built = library.joinpath(*_CLI)
    if built.is_file():
        return [_node(program, which, version), str(built), "bridge"]
    command = which("discomfort")
    if command:
        # It is a script that starts the `node` of the PATH.
        _node(program, which, version)
        return [command, "bridge"]
    _node(program, which, version)
    if (library / "package.json").is_file():
        raise BridgeMissing(
            f'The Discomfort library in {library} is not built. Run "npm ci" there (or "npm run build" where '
            "that was done before), then queue again."
        )
    raise BridgeMissing(
        "The Discomfort library, which runs workflows for this node, is not here. Install the nodes with "
        '"discomfort nodes install", or set DISCOMFORT_BRIDGE to the path of its dist/cli/main.js.'
    )


def _whole_command(text: str) -> list[str]:
    try:
        command = json.loads(text)
    except ValueError:
        command = None
    if not isinstance(command, list) or not command or not all(isinstance(part, str) for part in command):
        raise BridgeMissing(
            'DISCOMFORT_BRIDGE is no JSON list of texts such as ["node", "…/dist/cli/main.js", "bridge"].'
        )
    return command


def _read_config(pack: Path) -> dict[str, str]:
    file = pack / CONFIG
    try:
        config: Any = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        config = None
    if not isinstance(config, dict) or not all(isinstance(value, str) for value in config.values()):
        raise BridgeMissing(f'{file} cannot be read. Make it again with "discomfort nodes install".')
    return config


def _existing(cli: Path, named: str) -> str:
    if cli.is_file():
        return str(cli)
    way = "Correct DISCOMFORT_BRIDGE." if named else 'Run "discomfort nodes install" again.'
    raise BridgeMissing(f"The Discomfort library was at {cli}, where nothing is now. {way}")


def _node(program: str | None, which: Which, version: AskVersion) -> str:
    needed = "Node.js {}.{} or newer is needed to run workflows from this node".format(*OLDEST_NODE)
    found = program or which("node")
    if not found:
        raise BridgeMissing(
            f"{needed}, and there is none on the PATH. Install it from nodejs.org, or set DISCOMFORT_NODE to its path, "
            "and start ComfyUI again."
        )
    try:
        said = version(found)
    except OSError as error:
        raise BridgeMissing(
            f"{needed}, and {found} cannot be run ({error}). Install Node.js, or set DISCOMFORT_NODE to its path."
        ) from error
    numbers = re.match(r"v(\d+)\.(\d+)", said)
    if numbers is None or (int(numbers[1]), int(numbers[2])) < OLDEST_NODE:
        raise BridgeMissing(
            f"{needed}, and {found} is {said or 'no Node.js'}. Install a newer one, or set DISCOMFORT_NODE to its path."
        )
    return found
