"""Values that stay alive in the server as long as their lease."""

from __future__ import annotations

import threading
import uuid
import weakref
from pathlib import Path

import pytest

from discomfort.transport.problems import DiscomfortStoreFull, DiscomfortValueGone
from discomfort.transport.receipt import Outgoing, resident_entry
from discomfort.transport.residents import Residents
from discomfort.transport.store import lease_path
from discomfort.transport.submissions import Runs, Submit

VALUE = str(uuid.uuid4())


class Thing:
    pass


def test_a_value_is_given_while_its_lease_is_there(tmp_path: Path):
    residents, out = Residents(), Outgoing(Thing(), "THING", False)
    residents.keep(VALUE, out, tmp_path)
    residents.forget_released()
    assert residents.get(VALUE) is out
    assert residents.get(str(uuid.uuid4())) is None
    lease_path(tmp_path, VALUE).unlink()
    residents.forget_released()
    assert residents.get(VALUE) is None


def test_a_value_is_freed_soon_after_its_lease_although_nobody_asks(tmp_path: Path):
    looked = threading.Event()
    residents = Residents(wait=lambda _seconds: looked.wait(0.01))
    thing = Thing()
    freed = threading.Event()
    weakref.finalize(thing, freed.set)
    residents.keep(VALUE, Outgoing(thing, "THING", False), tmp_path)
    del thing
    assert not freed.wait(0.1)
    lease_path(tmp_path, VALUE).unlink()
    assert freed.wait(5)
    assert len(residents) == 0
    # The next one is watched again.
    residents.keep(VALUE, Outgoing(1, "INT", False), tmp_path)
    lease_path(tmp_path, VALUE).unlink()
    while len(residents):
        looked.wait(0.01)


def test_a_folder_that_is_gone_takes_no_lease(tmp_path: Path):
    residents = Residents()
    with pytest.raises(DiscomfortStoreFull):
        residents.keep(VALUE, Outgoing(1, "INT", False), tmp_path / "gone")
    assert residents.get(VALUE) is None


def test_a_saver_tells_of_a_value_that_stays():
    kept = {}
    entry = resident_entry("model", Outgoing(Thing(), "MODEL", False), kept.__setitem__)
    receipt = entry["receipt"]
    assert isinstance(kept[receipt["id"]].value, Thing)
    assert entry == {"v": 1, "unique_id": "model", "receipt": receipt, "resident": True}
    assert (receipt["type"], receipt["dtype"], receipt["shape"], receipt["bytes"]) == ("MODEL", None, None, 0)


def test_a_lease_without_its_value_is_told_apart_from_a_value_that_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DISCOMFORT_STORE", str(tmp_path))
    runs = Runs()
    runs.note(Submit(str(uuid.uuid4()), "context", [VALUE], []))
    (tmp_path / "context").mkdir()
    with pytest.raises(DiscomfortValueGone, match="no longer in its context"):
        runs.find(VALUE)
    lease_path(tmp_path / "context", VALUE).touch()
    with pytest.raises(DiscomfortValueGone, match="kept alive in a ComfyUI process that has ended"):
        runs.find(VALUE)
