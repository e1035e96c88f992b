"""Paths and ids of the store."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from discomfort.transport.problems import DiscomfortBadRequest
from discomfort.transport.store import (
    is_context_id,
    is_uuid,
    make_root,
    read_probe,
    store_root,
    value_path,
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
    "context", ["", "-a", "A", "a/b", "..", "a.b", "a" * 65, "a\n", "a_b", "é", "probes", None, 1, ["a"]]
)
def test_anything_else_is_no_context_id(context: object):
    assert not is_context_id(context)


@pytest.mark.parametrize(
    "value", [VALUE.upper(), VALUE + "\n", VALUE[1:], VALUE.replace("-", ""), "../" + VALUE, None, 7]
)
def test_only_a_uuid_in_lower_case_is_a_value_id(value: object):
    assert is_uuid(VALUE)
    assert not is_uuid(value)


def test_a_value_lies_in_the_folder_of_its_context(root: Path):
    assert value_path("ctx", VALUE) == root / "ctx" / f"{VALUE}.safetensors"


@pytest.mark.parametrize(("context", "value"), [("..", VALUE), ("ctx", "../x"), ("probes", VALUE)])
def test_no_path_is_made_of_a_bad_id(root: Path, context: str, value: str):
    with pytest.raises(DiscomfortBadRequest, match="not valid"):
        value_path(context, value)


def test_the_root_is_for_its_owner_alone(root: Path):
    make_root()
    make_root()
    assert stat.S_IMODE(root.stat().st_mode) == 0o700


def test_the_root_is_made_when_asked_for(root: Path):
    assert make_root() == root
    assert root.is_dir()


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="there is no /dev/shm here")
def test_without_a_choice_the_root_is_in_shared_memory(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("DISCOMFORT_STORE", raising=False)
    assert store_root() == Path("/dev/shm", f"discomfort-{os.getuid()}")


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
