"""Where the scripts lie that nodes name, and what is said of those that are not there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from outer_comfyui import comfyui

# Where a nested server is told to look.
CONFIG = "DISCOMFORT_BRIDGE_CONFIG"


class Scripts:
    def __init__(self, comfy: Any, folder: Path) -> None:
        self.folder, self.user = folder, folder / "user"
        files, missing = comfy.load("script_files"), comfy.load("nested.missing")
        self.folders, self.find, self.missing = files.script_folders, files.find_script, missing.missing_script

    def write(self, path: str) -> Path:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("return {}")
        return file

    def configure(self, config: Any, file: Path | None = None) -> None:
        (file or self.user / "discomfort.bridge.json").write_text(
            config if isinstance(config, str) else json.dumps(config)
        )


@pytest.fixture
def scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripts]:
    monkeypatch.delenv(CONFIG, raising=False)
    with comfyui(tmp_path) as comfy:
        yield Scripts(comfy, tmp_path)


def test_without_a_config_they_lie_in_scripts_beside_where_it_would_be(scripts: Scripts) -> None:
    file = scripts.write("user/scripts/deep/a.ts")
    assert scripts.folders() == [scripts.user / "scripts"]
    assert scripts.find("deep/a.ts") == file
    assert scripts.find("a.ts") is None


def test_those_of_saved_workflows_are_not_looked_at(scripts: Scripts) -> None:
    scripts.write("user/default/workflows/a.ts")
    assert scripts.find("a.ts") is None


def test_the_first_of_several_folders_that_has_one_counts(scripts: Scripts) -> None:
    other = scripts.folder / "elsewhere"
    scripts.configure({"scripts": "files", "scriptFolders": ["mine/../one", str(other)], "unknown": 1})
    last = scripts.write("elsewhere/a.ts")
    assert scripts.folders() == [scripts.user / "one", other]
    assert scripts.find("a.ts") == last
    first = scripts.write("user/one/a.ts")
    assert scripts.find("a.ts") == first


def test_a_nested_server_looks_where_the_outer_one_does(scripts: Scripts, monkeypatch: pytest.MonkeyPatch) -> None:
    outer = scripts.folder / "outer" / "discomfort.bridge.json"
    file = scripts.write("outer/mine/a.ts")
    scripts.configure({"scriptFolders": ["mine"]}, outer)
    assert scripts.find("a.ts") is None
    monkeypatch.setenv(CONFIG, str(outer))
    assert scripts.find("a.ts") == file


def test_a_relative_config_begins_at_the_user_folder(scripts: Scripts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CONFIG, "own/bridge.json")
    assert scripts.folders() == [scripts.user / "own" / "scripts"]


def test_absolute_paths_are_taken_as_they_are(scripts: Scripts) -> None:
    file = scripts.write("anywhere/a.ts")
    assert scripts.find(str(file)) == file
    assert scripts.missing(str(file)) is None
    told = scripts.missing(str(file.with_name("b.ts")))
    assert told == f'The script "{file.parent}/b.ts" is not there. Correct its path.'


def test_what_leads_out_of_the_folder_is_found_so_that_the_bridge_refuses_it(scripts: Scripts) -> None:
    outside = scripts.write("user/outside.ts")
    (scripts.user / "scripts").mkdir()
    link = scripts.user / "scripts" / "link.ts"
    link.symlink_to(outside)
    assert scripts.find("../outside.ts") == outside
    assert scripts.find("link.ts") == link


@pytest.mark.parametrize("name", ["a\0.ts", "C:\\scripts\\a.ts", "folder.ts", "dangling.ts", "../../../../../a.ts"])
def test_what_is_no_file_is_not_there(scripts: Scripts, name: str) -> None:
    (scripts.user / "scripts" / "folder.ts").mkdir(parents=True)
    (scripts.user / "scripts" / "dangling.ts").symlink_to(scripts.folder / "nowhere.ts")
    assert scripts.find(name) is None


def test_one_that_is_missing_is_told_with_the_folders_that_were_looked_in(scripts: Scripts) -> None:
    scripts.configure({"scriptFolders": ["one", "two"]})
    one, two = scripts.user / "one", scripts.user / "two"
    cure = "Put it there, or correct its path."
    assert scripts.missing("a.ts") == (
        f'The script "a.ts" is not there: it was looked for in {one} and {two}. {cure}'
    )
    scripts.configure({"scriptFolders": []})
    assert "looked for in no folder, since discomfort.bridge.json names none" in scripts.missing("a.ts")
    scripts.configure({})
    scripts.write("user/scripts/a.ts")
    assert scripts.missing("a.ts") is None


@pytest.mark.parametrize(
    "config", ["{", "[]", "\udcff", '{"scriptFolders": "mine"}', '{"scriptFolders": [1]}', '{"scriptFolders": [""]}']
)
def test_nothing_is_said_where_the_config_is_broken_for_the_bridge_tells_that(scripts: Scripts, config: str) -> None:
    (scripts.user / "discomfort.bridge.json").write_bytes(config.encode("utf-8", "surrogateescape"))
    assert scripts.folders() is None
    assert scripts.find("a.ts") is None
    assert scripts.missing("a.ts") is None
    assert "is not there" in scripts.missing(str(scripts.folder / "a.ts"))


def test_a_config_that_is_a_folder_is_broken_too(scripts: Scripts) -> None:
    (scripts.user / "discomfort.bridge.json").mkdir()
    assert scripts.folders() is None
