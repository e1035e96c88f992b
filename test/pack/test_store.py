"""Paths and ids of the store."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from discomfort.transport.problems import DiscomfortBadRequest
from discomfort.transport.store import (
    context_folders,
    disk_root,
    is_context_id,
    is_uuid,
    make_roots,
    ram_root,
    read_probe,
    roots,
    value_name,
)

VALUE = "01234567-89ab-4cde-8f01-23456789abcd"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DISCOMFORT_STORE", str(tmp_path / "store"))
    return tmp_path / "store"


@pytest.mark.parametrize("context", ["a", "0", "run-1", "a" * 64])
def test_a_context_id_is_short_and_plain(context: str):
    assert is_context_id(context)


@pytest.mark.parametrize(
    "context", ["", "-a", "A", "a/b", "..", "a.b", "a" * 65, "a\n", "a_b", "é", "probes", "named", None, 1, ["a"]]
)
def test_anything_else_is_no_context_id(context: object):
    assert not is_context_id(context)


@pytest.mark.parametrize(
    "value", [VALUE.upper(), VALUE + "\n", VALUE[1:], VALUE.replace("-", ""), "../" + VALUE, None, 7]
)
def test_only_a_uuid_in_lower_case_is_a_value_id(value: object):
    assert is_uuid(VALUE)
    assert not is_uuid(value)


def test_a_context_has_a_folder_under_each_root(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert context_folders("ctx") == [root / "ctx"]
    monkeypatch.setenv("DISCOMFORT_RAM_STORE", str(tmp_path / "memory"))
    assert context_folders("ctx") == [tmp_path / "memory" / "ctx", root / "ctx"]


@pytest.mark.parametrize("context", ["..", "probes", "named", "a/b"])
def test_no_path_is_made_of_a_bad_context_id(root: Path, context: str):
    with pytest.raises(DiscomfortBadRequest, match="not valid"):
        context_folders(context)


def test_no_path_is_made_of_a_bad_value_id():
    assert value_name(VALUE) == f"{VALUE}.safetensors"
    with pytest.raises(DiscomfortBadRequest, match="not valid"):
        value_name("../x")


def test_the_roots_are_made_for_their_owner_alone(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DISCOMFORT_RAM_STORE", str(tmp_path / "memory"))
    make_roots()
    make_roots()
    for made in (root, tmp_path / "memory"):
        assert stat.S_IMODE(made.stat().st_mode) == 0o700


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="there is no /dev/shm here")
def test_without_a_choice_the_roots_are_in_shared_memory_and_in_the_home(monkeypatch: pytest.MonkeyPatch):
    for name in ("DISCOMFORT_STORE", "DISCOMFORT_RAM_STORE", "DISCOMFORT_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert ram_root() == Path("/dev/shm", f"discomfort-{os.getuid()}")
    assert disk_root() == Path(os.path.expanduser("~"), ".discomfort", "store")
    monkeypatch.setenv("DISCOMFORT_HOME", "/home/d")
    assert roots() == [ram_root(), Path("/home/d/store")]


def test_a_probe_is_read_only_from_the_folder_of_probes(root: Path):
    (root / "probes").mkdir(parents=True)
    assert read_probe(VALUE) is None
    (root / "probes" / VALUE).write_text("both are here")
    assert read_probe(VALUE) == "both are here"
    with pytest.raises(DiscomfortBadRequest):
        read_probe("../secret")


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="links are followed here")
def test_a_probe_that_is_a_link_is_not_followed(root: Path, tmp_path: Path):
    (root / "probes").mkdir(parents=True)
    (tmp_path / "secret").write_text("secret")
    (root / "probes" / VALUE).symlink_to(tmp_path / "secret")
    assert read_probe(VALUE) is None
