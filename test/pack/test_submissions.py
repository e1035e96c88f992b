"""The bookkeeping of submits."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path
from typing import Any

import pytest

from discomfort.transport.bounded import BoundedMap
from discomfort.transport.problems import DiscomfortBadRequest, DiscomfortValueGone
from discomfort.transport.submissions import Answer, Runs, Submissions, Submit, parse_submit


def new_id() -> str:
    return str(uuid.uuid4())


def body(**note: Any) -> dict[str, Any]:
    return {"prompt": {}, "prompt_id": new_id(), "discomfort": {"v": 1, "context": "ctx", **note}}


def test_a_submit_says_what_it_reads_and_what_may_be_forgotten():
    reads, forget = [new_id()], [new_id(), new_id()]
    posted = body(reads=reads, forget=forget)
    assert parse_submit(posted) == Submit(posted["prompt_id"], "ctx", reads, forget)


def test_reads_forget_and_files_may_be_left_out():
    assert parse_submit(body())[2:] == ([], [], {}, {}, 0, None)


@pytest.mark.parametrize(
    "posted",
    [
        None,
        [],
        {},
        {"discomfort": None},
        body(v=2),
        body(context="../x"),
        body(reads=["x"]),
        body(reads="x"),
        body(forget={}),
        {**body(), "prompt_id": None},
        {**body(), "prompt_id": new_id().upper()},
    ],
    ids=str,
)
def test_a_bad_submit_is_refused(posted: Any):
    with pytest.raises(DiscomfortBadRequest):
        parse_submit(posted)


def test_submits_of_one_id_at_once_queue_once_and_all_get_the_first_answer():
    queued = []

    async def queue() -> Answer:
        queued.append(1)
        await asyncio.sleep(0.01)
        return Answer(200, str(len(queued)).encode(), "application/json")

    async def main() -> list[Answer]:
        submissions, prompt_id = Submissions(), new_id()
        together = await asyncio.gather(*[submissions.once(prompt_id, queue) for _ in range(20)])
        return [*together, await submissions.once(prompt_id, queue)]

    answers = asyncio.run(main())
    assert len(queued) == 1
    assert {answer.body for answer in answers} == {b"1"}


def test_a_caller_that_goes_away_leaves_the_answer_to_the_others():
    async def queue() -> Answer:
        await asyncio.sleep(0.02)
        return Answer(200, b"done", "application/json")

    async def main() -> Answer:
        submissions, prompt_id = Submissions(), new_id()
        first = asyncio.ensure_future(submissions.once(prompt_id, queue))
        await asyncio.sleep(0)
        first.cancel()
        return await submissions.once(prompt_id, queue)

    assert asyncio.run(main()).body == b"done"


def test_what_is_remembered_is_bounded_and_the_oldest_goes_first():
    known: BoundedMap[int, int] = BoundedMap(3)
    for number in range(5):
        known.put(number, number)
    known.put(2, 20)
    known.put(5, 5)
    assert len(known) == 3
    assert [known.get(number) for number in range(6)] == [None, None, 20, None, 4, 5]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DISCOMFORT_STORE", str(tmp_path))
    return tmp_path


def test_a_run_writes_into_the_context_of_its_submit(root: Path):
    runs, run = Runs(), new_id()
    runs.note(Submit(run, "ctx", [], []))
    with pytest.raises(DiscomfortValueGone, match='context "ctx" of this run is closed'):
        runs.place_of_run(run)
    (root / "ctx").mkdir()
    assert runs.place_of_run(run).leases == root / "ctx"


def test_a_run_that_nobody_submitted_has_no_folder(root: Path):
    with pytest.raises(DiscomfortValueGone, match="POST /discomfort/submit"):
        Runs().place_of_run("x")


def test_a_value_is_found_in_any_context_that_still_holds_it(root: Path):
    runs, value = Runs(), new_id()
    with pytest.raises(DiscomfortValueGone, match="in its reads"):
        runs.find(value)
    for context in ("one", "two"):
        runs.note(Submit(new_id(), context, [value], []))
        (root / context).mkdir()
        (root / context / f"{value}.safetensors").write_bytes(b"")
    assert runs.find(value).path.parent.name == "two"
    (root / "two" / f"{value}.safetensors").unlink()
    assert runs.find(value).path.parent.name == "one"
    (root / "one" / f"{value}.safetensors").unlink()
    with pytest.raises(DiscomfortValueGone, match="no longer"):
        runs.find(value)


def test_a_value_in_memory_comes_first_and_one_on_disk_has_to_have_its_checksum(
    root: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
):
    memory = tmp_path_factory.mktemp("memory")
    monkeypatch.setenv("DISCOMFORT_RAM_STORE", str(memory))
    runs, value = Runs(), new_id()
    runs.note(Submit(new_id(), "ctx", [value], [], digests={value: "crc32:01234567"}))
    for folder in (memory, root):
        (folder / "ctx").mkdir()
        (folder / "ctx" / f"{value}.safetensors").write_bytes(b"")
    assert runs.find(value) == (memory / "ctx" / f"{value}.safetensors", None)
    (memory / "ctx" / f"{value}.safetensors").unlink()
    assert runs.find(value) == (root / "ctx" / f"{value}.safetensors", "crc32:01234567")


@pytest.mark.parametrize(
    "note",
    [
        {"ram": -1},
        {"ram": True},
        {"ram": "1"},
        {"digests": {"x": "crc32:01234567"}},
        {"digests": {str(uuid.uuid4()): "md5:1"}},
        {"digests": []},
    ],
)
def test_a_share_of_memory_is_a_number_and_checksums_are_checksums(note: dict):
    with pytest.raises(DiscomfortBadRequest):
        parse_submit(body(**note))


def test_of_a_run_that_is_done_nothing_is_remembered(root: Path):
    runs, (first, second), value = Runs(), (new_id(), new_id()), new_id()
    (root / "ctx").mkdir()
    (root / "ctx" / f"{value}.safetensors").write_bytes(b"")
    for run in (first, second):
        runs.note(Submit(run, "ctx", [value], [], digests={value: "crc32:01234567"}))
    runs.forget(first)
    with pytest.raises(DiscomfortValueGone, match="POST /discomfort/submit"):
        runs.place_of_run(first)
    # The other one still reads it.
    assert runs.find(value).digest == "crc32:01234567"
    runs.forget(second)
    with pytest.raises(DiscomfortValueGone, match="in its reads"):
        runs.find(value)
    runs.forget(second)
    runs.forget(new_id())
