"""Which command starts the bridge, and what is said where there is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from discomfort.bridge.environment import bridge_environment
from discomfort.bridge.find_bridge import ask_version, find_bridge
from discomfort.bridge.problems import BridgeMissing


def find(
    pack: Path, env: dict[str, str] | None = None, path: dict[str, str] | None = None, version: str = "v22.1.0"
) -> list[str]:
    found = {"node": "/usr/bin/node"} if path is None else path
    return find_bridge(pack, env or {}, found.get, lambda _: version)


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A library that is built, with the pack in it."""
    (tmp_path / "library/comfy-nodes/discomfort").mkdir(parents=True)
    (tmp_path / "library/dist/cli").mkdir(parents=True)
    (tmp_path / "library/dist/cli/main.js").touch()
    (tmp_path / "library/package.json").touch()
    return tmp_path / "library"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A pack that was copied into custom_nodes."""
    (tmp_path / "custom_nodes/discomfort").mkdir(parents=True)
    return tmp_path / "custom_nodes/discomfort"


def test_a_pack_inside_the_library_uses_that(library: Path) -> None:
    assert find(library / "comfy-nodes/discomfort") == ["/usr/bin/node", str(library / "dist/cli/main.js"), "bridge"]


def test_a_link_to_the_pack_leads_to_its_library(library: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(library / "comfy-nodes/discomfort")
    assert find(link)[1] == str(library / "dist/cli/main.js")


def test_a_copy_knows_its_library_by_a_file(copy: Path, library: Path) -> None:
    cli = str(library / "dist/cli/main.js")
    (copy / "bridge.json").write_text(json.dumps({"node": "/opt/node", "cli": cli}))
    assert find(copy, path={}) == ["/opt/node", cli, "bridge"]
    assert find(copy, {"DISCOMFORT_NODE": "/my/node"}, {})[0] == "/my/node"


def test_the_environment_comes_first(library: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.js").touch()
    pack = library / "comfy-nodes/discomfort"
    assert find(pack, {"DISCOMFORT_BRIDGE": str(tmp_path / "mine.js")})[1] == str(tmp_path / "mine.js")
    assert find(pack, {"DISCOMFORT_BRIDGE": '["python", "bridge.py"]'}, {}) == ["python", "bridge.py"]


def test_an_installed_command_is_the_last_way(copy: Path) -> None:
    assert find(copy, path={"node": "n", "discomfort": "/usr/bin/discomfort"}) == ["/usr/bin/discomfort", "bridge"]


def test_without_node_it_is_said_where_to_get_it(library: Path) -> None:
    with pytest.raises(BridgeMissing, match=r"Node\.js 20\.19 or newer is needed .* none on the PATH.*nodejs\.org"):
        find(library / "comfy-nodes/discomfort", path={})


@pytest.mark.parametrize("version", ["v18.20.1", "v20.18.3", "", "Python 3.11"])
def test_a_node_that_is_too_old_is_told_with_its_version(library: Path, version: str) -> None:
    with pytest.raises(BridgeMissing, match=rf"Node\.js 20\.19 or newer .*/usr/bin/node is {version or 'no Node'}"):
        find(library / "comfy-nodes/discomfort", version=version)


def test_a_node_that_cannot_be_run_is_told(library: Path, tmp_path: Path) -> None:
    env = {"DISCOMFORT_NODE": str(tmp_path / "nothing")}
    with pytest.raises(BridgeMissing, match=r"nothing cannot be run"):
        find_bridge(library / "comfy-nodes/discomfort", env, lambda _: None, ask_version)


def test_a_library_that_is_not_built_says_what_to_run(library: Path) -> None:
    (library / "dist/cli/main.js").unlink()
    with pytest.raises(BridgeMissing, match=r'is not built\. Run "npm ci"'):
        find(library / "comfy-nodes/discomfort")


def test_no_library_at_all_says_how_to_install(copy: Path) -> None:
    with pytest.raises(BridgeMissing, match="discomfort nodes install"):
        find(copy)


def test_a_library_that_was_moved_is_told(copy: Path) -> None:
    (copy / "bridge.json").write_text(json.dumps({"cli": "/gone/main.js"}))
    with pytest.raises(BridgeMissing, match=r"was at /gone/main\.js"):
        find(copy)


@pytest.mark.parametrize("text", ["[", "[1]", "[]", '["a", 2]'])
def test_a_command_that_is_no_list_of_texts_is_told(copy: Path, text: str) -> None:
    with pytest.raises(BridgeMissing, match="DISCOMFORT_BRIDGE"):
        find(copy, {"DISCOMFORT_BRIDGE": text})


def test_a_broken_file_is_told(copy: Path) -> None:
    (copy / "bridge.json").write_text("{")
    with pytest.raises(BridgeMissing, match=r"bridge\.json cannot be read"):
        find(copy)


def test_the_bridge_does_not_inherit_what_was_meant_for_this_server() -> None:
    given = {
        **{"PATH": "/bin", "DISCOMFORT_HOME": "/h", "DISCOMFORT_STORE": "/s", "DISCOMFORT_DEPTH": "1"},
        **{"DISCOMFORT_NONCE": "n", "DISCOMFORT_WATCH_STDIN": "1", "DISCOMFORT_LOG_FILE": "/l"},
        **{"DISCOMFORT_SERVER": "http://x", "DISCOMFORT_TOKEN": "t", "DISCOMFORT_COMFYUI": "/c"},
    }
    kept = {"PATH", "DISCOMFORT_HOME", "DISCOMFORT_STORE", "DISCOMFORT_DEPTH"}
    assert set(bridge_environment(given)) == kept
