"""The last prompts that came from scripts."""

from __future__ import annotations

from discomfort.transport.script_runs import MOST_RUNS, ScriptRuns, state_in_history


def test_the_last_one_comes_first_and_a_repeated_submit_is_the_same() -> None:
    times = iter([1.0, 2.0])
    runs = ScriptRuns(lambda _: "pending", lambda: next(times))
    runs.note("a", "one.json")
    runs.note("b", None)
    runs.note("a", "one.json")
    assert runs.list() == [
        {"id": "b", "name": None, "at": 2.0, "state": "pending"},
        {"id": "a", "name": "one.json", "at": 1.0, "state": "pending"},
    ]


def test_how_it_ended_is_remembered_when_the_history_forgets() -> None:
    states = {"a": "running"}
    runs = ScriptRuns(lambda prompt_id: states.get(prompt_id, "unknown"))
    runs.note("a", "one.json")
    assert runs.settle("a") == "running"
    states["a"] = "success"
    assert runs.settle("a") == "success"
    states.clear()
    assert [run["state"] for run in runs.list()] == ["success"]
    assert runs.settle("never came") == "unknown"


def test_only_the_last_are_kept() -> None:
    runs = ScriptRuns(lambda _: "success")
    for number in range(MOST_RUNS + 5):
        runs.note(str(number), None)
        runs.settle("0")
    assert [run["id"] for run in runs.list()] == [str(number) for number in range(MOST_RUNS + 4, 4, -1)]


def test_failed_and_cancelled_differ_by_their_messages() -> None:
    interrupted = {"status_str": "error", "messages": [["execution_interrupted", {}]]}
    assert state_in_history({"status": {"status_str": "success", "messages": []}}) == "success"
    assert state_in_history({"status": interrupted}) == "cancelled"
    assert state_in_history({"status": {"status_str": "error", "messages": []}}) == "error"
    assert state_in_history({"status": None}) == "unknown"
    assert state_in_history(None) == "unknown"
