"""Calls over a bridge that is a real process on real pipes. What it does is told by the text of a script."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from discomfort.bridge.call import USUAL_PATIENCE, Hooks, Patience, Place, Work, ask, run_call
from discomfort.bridge.problems import BridgeEnded, BridgeMissing, NestedRunFailed
from discomfort.bridge.process import Launch
from discomfort.bridge.shared_bridge import SharedBridge

STAND_IN = Path(__file__).parent / "stand_in_bridge.py"
PATIENCE = 20.0


class Stopped(BaseException):
    """The stop button, which in newer ComfyUIs is no Exception."""


class Outer:
    """A ComfyUI as far as the bridge knows it."""

    def __init__(self, folder: Path, env: dict[str, str], idle: float = 600.0) -> None:
        self.folder, self.notes = folder, folder / "notes"
        self.progress: list[dict[str, Any]] = []
        self.rooms = 0
        self.stop_when: Callable[[], bool] = lambda: False
        self.env = {**os.environ, "DISCOMFORT_STORE": str(folder / "store"), "STAND_IN_NOTES": str(self.notes), **env}
        self.command = [sys.executable, str(STAND_IN)]
        self.bridge = SharedBridge(self._launch, lambda: idle)

    def _launch(self) -> Launch:
        return Launch(self.command, self.env, self.folder / "home", {"v": 1, "depth": 0})

    def _check(self) -> None:
        if self.stop_when():
            raise Stopped

    def _make_room(self) -> int:
        self.rooms += 1
        return 123

    def hooks(self) -> Hooks:
        return Hooks(self._check, self.progress.append, self._make_room)

    def script(self, text: str, patience: Patience = USUAL_PATIENCE, **fields: Any) -> dict[str, Any]:
        work = Work(
            "script",
            {"outputs": None, "models": "unload", "previews": False, "script": {"text": text}, **fields},
            lambda _: [{"unique_id": "n", "entry": {"tree": 5.0}}],
            lambda _, answer: answer,
        )
        return run_call(self.bridge, self.hooks(), work, patience)

    def noted(self, word: str) -> list[str]:
        lines = self.notes.read_text().splitlines() if self.notes.exists() else []
        return [line for line in lines if line.startswith(word)]

    def until_noted(self, word: str) -> None:
        until(lambda: bool(self.noted(word)))


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Outer]]:
    made: list[Outer] = []

    def outer(idle: float = 600.0, **env: str) -> Outer:
        made.append(Outer(tmp_path, env, idle))
        return made[-1]

    yield outer
    for each in made:
        each.bridge.close()


@pytest.fixture
def outer(make: Callable[..., Outer]) -> Outer:
    return make()


def test_nothing_is_started_before_it_is_needed(outer: Outer) -> None:
    assert outer.bridge.pid is None
    outer.script("")
    assert outer.bridge.pid is not None


def test_values_go_in_and_come_out_and_the_call_is_closed(outer: Outer) -> None:
    answer = outer.script("")
    assert answer["outputs"] == [{"unique_id": "n", "values": [{"entry": {"tree": 5.0}}]}]
    outer.until_noted("close")
    assert len(outer.noted("open")) == 1


def test_values_are_written_and_read_while_their_place_is_there(outer: Outer) -> None:
    def write(place: Place) -> list[dict[str, Any]]:
        (outer.folder / "store" / place.context / "value").write_text("in")
        return []

    def read(place: Place, _answer: dict[str, Any]) -> str:
        assert outer.noted("close") == []
        return (outer.folder / "store" / place.context / "value").read_text()

    work = Work("run", {"outputs": [], "models": "keep", "previews": False, "workflow": "w"}, write, read)
    assert run_call(outer.bridge, outer.hooks(), work) == "in"


def test_all_calls_share_one_process(outer: Outer) -> None:
    threads = [threading.Thread(target=outer.script, args=("progress",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outer.noted("begin")) == 1
    assert len(outer.progress) == 8


def test_progress_and_the_wish_for_room_reach_whoever_waits(outer: Outer) -> None:
    answer = outer.script("progress room")
    assert [told["text"] for told in outer.progress] == ["KSampler 5/10"]
    assert outer.rooms == 1
    assert json.loads(answer["memory"]) == {"v": 1, "freed": 123}


def test_an_error_keeps_its_message_and_the_call_is_closed(outer: Outer) -> None:
    with pytest.raises(NestedRunFailed, match=r'^"KSampler" \(node 3\) failed: out of memory$'):
        outer.script("fail")
    outer.until_noted("close")
    assert outer.script("")["v"] == 1
    assert len(outer.noted("begin")) == 1


def test_what_writing_raises_closes_the_call(outer: Outer) -> None:
    def write(_place: Place) -> list[dict[str, Any]]:
        raise TypeError("no data")

    with pytest.raises(TypeError, match="no data"):
        run_call(outer.bridge, outer.hooks(), Work("run", {}, write, lambda _, answer: answer))
    outer.until_noted("close")


def test_a_stop_cancels_the_run_and_waits_for_its_end(outer: Outer) -> None:
    outer.stop_when = lambda: bool(outer.noted("waiting"))
    with pytest.raises(Stopped):
        outer.script("wait")
    assert outer.noted("cancelled")
    outer.stop_when = lambda: False
    outer.script("")
    assert len(outer.noted("begin")) == 1


def test_a_run_that_cannot_be_cancelled_is_ended_by_force(outer: Outer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("discomfort.bridge.call._CANCEL_SECONDS", 0.2)
    outer.stop_when = lambda: bool(outer.noted("waiting"))
    with pytest.raises(Stopped):
        outer.script("deaf")
    outer.stop_when = lambda: False
    assert outer.bridge.pid is None
    outer.script("")
    assert len(outer.noted("begin")) == 2


def test_what_a_hook_raises_cancels_the_run(outer: Outer) -> None:
    def fail(_told: dict[str, Any]) -> None:
        raise Stopped

    hooks = outer.hooks()._replace(progress=fail)
    fields = {"outputs": [], "models": "keep", "previews": False, "script": {"text": "progress wait"}}
    with pytest.raises(Stopped):
        run_call(outer.bridge, hooks, Work("script", fields, lambda _: [], lambda _, answer: answer))
    assert outer.noted("cancelled")


def test_a_crash_is_told_with_the_end_of_the_log_and_the_next_call_starts_another(outer: Outer) -> None:
    with pytest.raises(BridgeEnded, match=r"ended with exit code 7 .*Queue again[\s\S]*no more strength"):
        outer.script("crash")
    assert outer.script("")["v"] == 1
    assert len(outer.noted("begin")) == 2


def test_a_bridge_that_somebody_kills_fails_the_call(outer: Outer) -> None:
    def kill() -> bool:
        if outer.noted("waiting") and outer.bridge.pid is not None:
            os.kill(outer.bridge.pid, signal.SIGKILL)
            outer.stop_when = lambda: False
        return False

    outer.stop_when = kill
    with pytest.raises(BridgeEnded, match="was killed by signal 9"):
        outer.script("wait")
    assert outer.script("")["v"] == 1


def test_the_words_of_an_earlier_bridge_are_not_those_of_the_next(outer: Outer) -> None:
    with pytest.raises(BridgeEnded):
        outer.script("crash")
    with pytest.raises(BridgeEnded) as raised:
        outer.script("garbage wait")
    assert "no more strength" not in str(raised.value)
    assert "hello" in str(raised.value)


def test_one_that_does_not_answer_any_more_is_killed(outer: Outer) -> None:
    outer.script("")
    with pytest.raises(BridgeEnded, match="did not answer any more and was killed"):
        outer.script("freeze", Patience(0.1, 1.0))
    assert outer.script("")["v"] == 1


def test_one_that_works_in_silence_is_let_work(outer: Outer) -> None:
    pings = 0

    def stop_later() -> bool:
        nonlocal pings
        pings += 1
        return pings > 20

    outer.stop_when = stop_later
    with pytest.raises(Stopped):
        outer.script("wait", Patience(0.05, 10.0))
    assert outer.noted("cancelled")


def test_large_answers_come_whole(outer: Outer) -> None:
    assert outer.script("big")["warnings"] == ["x" * 3_000_000]


def test_questions_are_answered(outer: Outer) -> None:
    file = outer.folder / "w.json"
    file.write_text(json.dumps({"inputs": [["a", "INT"]], "outputs": []}))
    told = ask(outer.bridge, outer.hooks(), "describe", {"v": 1, "workflow": str(file)})
    assert told["inputs"] == [["a", "INT"]]


def test_after_an_idle_time_it_is_shut_down_and_comes_again(make: Callable[..., Outer]) -> None:
    outer = make(idle=0.1)
    outer.script("")
    pid = outer.bridge.pid
    assert pid is not None
    outer.until_noted("shutdown")
    until(lambda: outer.bridge.pid is None and not is_alive(pid))
    assert outer.script("")["v"] == 1
    assert len(outer.noted("begin")) == 2


def test_a_call_that_lasts_longer_than_the_idle_time_is_none(make: Callable[..., Outer]) -> None:
    outer = make(idle=0.05)
    looks = 0

    def stop_later() -> bool:
        nonlocal looks
        looks += 1
        return looks > 20

    outer.stop_when = stop_later
    with pytest.raises(Stopped):
        outer.script("wait")
    assert len(outer.noted("begin")) == 1


def test_the_end_of_this_process_asks_it_to_stop(outer: Outer) -> None:
    outer.script("")
    pid = outer.bridge.pid
    outer.bridge.close()
    assert outer.noted("shutdown")
    assert pid is not None and not is_alive(pid)


def test_one_that_does_not_stop_is_killed(make: Callable[..., Outer], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("discomfort.bridge.process.BridgeProcess.stop.__defaults__", (0.2,))
    outer = make(STAND_IN_STAYS="1")
    outer.script("")
    pid = outer.bridge.pid
    outer.bridge.close()
    assert pid is not None and not is_alive(pid)


def test_one_that_cannot_begin_tells_why(make: Callable[..., Outer]) -> None:
    outer = make(STAND_IN_FAILS_TO_BEGIN="1")
    with pytest.raises(BridgeEnded, match=r"exit code 3[\s\S]*the library is broken"):
        outer.script("")
    del outer.env["STAND_IN_FAILS_TO_BEGIN"]
    assert outer.script("")["v"] == 1


def test_a_program_that_is_not_there_is_told(outer: Outer) -> None:
    outer.command = ["/nothing/node", "main.js"]
    with pytest.raises(BridgeMissing, match=r"/nothing/node: No such file"):
        outer.script("")


def test_a_stop_ends_the_wait_for_a_bridge_that_somebody_else_starts(outer: Outer) -> None:
    outer.command = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    outer.stop_when = lambda: True
    with pytest.raises(Stopped):
        outer.script("")
    assert outer.bridge.pid is None


def test_it_leads_a_session_of_its_own(outer: Outer) -> None:
    outer.script("")
    assert outer.bridge.pid is not None
    assert os.getsid(outer.bridge.pid) == outer.bridge.pid


def test_it_does_not_outlive_a_comfyui_that_is_killed(tmp_path: Path) -> None:
    program = f"""
    import sys, time
    sys.path.insert(0, {str(Path(__file__).parent)!r})
    import conftest
    from pathlib import Path
    from test_bridge import Outer
    outer = Outer(Path({str(tmp_path)!r}), {{}})
    outer.script("")
    print(outer.bridge.pid, flush=True)
    time.sleep(600)
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        assert is_alive(pid)
        process.kill()
    until(lambda: not is_alive(pid))


def test_its_log_stays_small(outer: Outer) -> None:
    outer.script("")
    (log,) = (outer.folder / "home/logs").glob("bridge-*.log")
    with log.open("a") as file:
        file.write("x" * 3_000_000)
    outer.script("")
    assert log.stat().st_size < 100


def test_a_log_in_which_nothing_stands_is_removed(outer: Outer) -> None:
    outer.script("")
    outer.bridge.close()
    assert list((outer.folder / "home/logs").iterdir()) == []
