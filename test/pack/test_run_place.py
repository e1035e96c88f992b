"""Where the savers of a run write."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from discomfort.transport.problems import DiscomfortStoreFull, DiscomfortValueDamaged  # noqa: E402
from discomfort.transport.run_place import RunPlace  # noqa: E402
from discomfort.transport.value_file import encode, lay_out, read_value_file  # noqa: E402

VALUE = lay_out(encode(torch.zeros(1000)), "IMAGE", False)
SIZE = VALUE.size


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    made = [tmp_path / "memory", tmp_path / "disk"]
    for folder in made:
        folder.mkdir()
    return made


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_memory_is_used_while_the_share_lasts_and_then_the_disk(folders: list[Path]):
    place = RunPlace(folders, 2 * SIZE + 10)
    written = [place.write(name, VALUE) for name in ("a", "b", "c")]
    assert [names(folder) for folder in folders] == [["a", "b"], ["c"]]
    assert [one.bytes for one in written] == [SIZE] * 3
    assert [one.digest is None for one in written] == [True, True, False]


def test_a_file_on_disk_has_the_checksum_of_all_its_bytes(folders: list[Path]):
    digest = RunPlace(folders[1:], 10**9).write("a", VALUE).digest
    path = folders[1] / "a"
    assert digest == f"crc32:{zlib.crc32(path.read_bytes()):08x}"
    assert read_value_file(path, digest=digest).value.shape == (1000,)
    damaged = bytearray(path.read_bytes())
    damaged[-1] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(DiscomfortValueDamaged, match="checksum"):
        read_value_file(path, digest=digest)


def test_what_finds_no_room_in_memory_goes_to_disk(folders: list[Path], monkeypatch: pytest.MonkeyPatch):
    place = RunPlace(folders, 10**9)
    with monkeypatch.context() as patch:
        patch.setattr("shutil.disk_usage", lambda _path: type("Usage", (), {"free": SIZE - 1}))
        place.write("a", VALUE)
    from discomfort.transport import run_place

    write = run_place.write_value_file

    def full(path: Path, *args: Any, **options: Any) -> Any:
        if path.parent == folders[0]:
            raise DiscomfortStoreFull(28, "full")
        return write(path, *args, **options)

    monkeypatch.setattr(run_place, "write_value_file", full)
    place.write("b", VALUE)
    assert [names(folder) for folder in folders] == [[], ["a", "b"]]


def test_a_place_is_open_while_the_library_keeps_its_folder(folders: list[Path]):
    place = RunPlace(folders, 0)
    assert place.is_open
    assert place.leases == folders[0]
    folders[1].rmdir()
    assert not place.is_open
