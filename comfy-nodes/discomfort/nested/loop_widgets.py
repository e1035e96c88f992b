"""What the widgets of a loop say."""

from __future__ import annotations

import re
from typing import Any

from .node_misused import NodeMisused

MOST_ROUNDS = 10_000

_FEEDBACK = re.compile(r"\s*(\S.*?)\s*(?:->|→)\s*(\S.*?)\s*")
_COMPARISON = re.compile(r"\s*([^=<>!]*[^=<>!\s])\s*(==|!=|<=|>=|<|>)\s*([^=<>!\s].*?)\s*")


def rounds(iterations: Any) -> int:
    """A linked number is not checked by ComfyUI."""
    if isinstance(iterations, bool) or not isinstance(iterations, int) or not 1 <= iterations <= MOST_ROUNDS:
        raise NodeMisused(f"iterations is {iterations!r:.60}; it has to be a whole number from 1 to {MOST_ROUNDS}.")
    return iterations


def feedback_pairs(text: str) -> list[list[str]]:
    """The pairs of `output -> input`, one a line."""
    pairs = []
    for line in text.splitlines():
        if not line.strip():
            continue
        found = _FEEDBACK.fullmatch(line)
        if found is None:
            raise NodeMisused(f'"{line.strip():.200}" in the widget "feedback" is no pair. Write: output -> input')
        pairs.append([found[1], found[2]])
    return pairs


def condition(text: str) -> dict[str, Any] | None:
    """When a loop ends early: `done` (a BOOLEAN output), or an output compared with a value; None where it does not."""
    if not text.strip():
        return None
    found = _COMPARISON.fullmatch(text)
    if found is not None:
        return {"output": found[1], "operator": found[2], "value": _constant(found[3])}
    if re.search(r"[=<>!]", text):
        raise NodeMisused(
            f'"{text.strip():.200}" in the widget "until" is no condition. '
            "Write the id of a BOOLEAN output, or a comparison such as: score >= 0.8"
        )
    return {"output": text.strip()}


def _constant(text: str) -> float | bool | str:
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1]
    try:
        number = float(text)
    except ValueError:
        return text
    if number != number or abs(number) == float("inf"):
        return text
    return int(number) if number.is_integer() and abs(number) < 2**53 else number
