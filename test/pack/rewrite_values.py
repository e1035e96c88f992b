"""Reads value files and writes them anew: two paths a line on standard input, one line of answer each."""

from __future__ import annotations

import sys
from pathlib import Path

import torch

import conftest  # noqa: F401 - it makes the pack importable
from discomfort.transport.value_file import encode, lay_out, read_value_file, write_value_file
from taken import Taken, take_apart


def main() -> None:
    """Answers `done`, or the failure. `widen` instead of paths: its one tensor is widened to single precision."""
    for line in sys.stdin:
        task, source, target = line.rstrip("\n").split("\t")
        try:
            read = read_value_file(Path(source), Taken)
            value = read.value.to(torch.float32) if task == "widen" else read.value
            write_value_file(Path(target), lay_out(encode(value, take_apart), read.type, read.is_list))
            print("done", flush=True)
        except Exception as error:
            print(repr(error).replace("\n", " "), flush=True)


if __name__ == "__main__":
    main()
