"""What the nodes that run workflows use of ComfyUI, without ComfyUI: its modules, and how it calls nodes."""

from __future__ import annotations

import importlib
import sys
import threading
import types
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_OURS = (
    *("discomfort.nested", "discomfort.nodes", "discomfort.workflow_files", "discomfort.script_files"),
    *("discomfort.named_files", "discomfort.loaded_models", "discomfort.server_prompts", "discomfort.runs"),
)
STAND_IN = Path(__file__).parent / "stand_in_bridge.py"


class ExecutionBlocker:
    def __init__(self, message: str | None) -> None:
        self.message = message


class GraphBuilder:
    @staticmethod
    def alloc_prefix() -> str:
        return "9.0.0."


class ProgressBar:
    def __init__(self, total: int, node_id: str | None = None) -> None:
        self.total = total

    def update_absolute(self, value: int, total: int | None = None, preview: Any = None) -> None:
        shown.append((value, preview))


# What the bar of a node was told.
shown: list[tuple[int, Any]] = []


def classes() -> dict[str, Any]:
    def made(types_: tuple, lists: tuple = (), **more: Any) -> Any:
        return types.SimpleNamespace(RETURN_TYPES=types_, OUTPUT_IS_LIST=lists, **more)

    ours = ("DiscomfortTestRunner", "DiscomfortLoop", "DiscomfortSwitch", "DiscomfortScript")
    return {
        "CheckpointLoaderSimple": made(("MODEL", "CLIP", "VAE")),
        "LoraLoader": made(("MODEL", "CLIP")),
        "KSampler": made(("LATENT",)),
        "EmptyImage": made(("IMAGE",)),
        "Anything": made(("*",)),
        "PaidModel": made(("MODEL",), API_NODE=True),
        "SaveImage": made((), OUTPUT_NODE=True),
        **{name: made(("*",) * 32, (True,) * 32, OUTPUT_NODE=True) for name in ours},
    }


@contextmanager
def comfyui(folder: Path) -> Iterator[types.SimpleNamespace]:
    """A ComfyUI whose folders lie in `folder`."""
    for name in ("user/default/workflows", "input", "output", "models"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    queue = types.SimpleNamespace(mutex=threading.RLock(), currently_running={})
    server = types.SimpleNamespace(client_id=None, prompt_queue=queue)
    context: list[Any] = [None]
    # A model of 5 MB, and one that somebody has let go.
    loaded = [
        types.SimpleNamespace(model=object(), model_loaded_memory=lambda: 5_000_000),
        types.SimpleNamespace(model=None),
    ]
    modules = {
        "folder_paths": {
            "__file__": str(folder / "folder_paths.py"),
            "folder_names_and_paths": {"checkpoints": ([str(folder / "models")], set())},
            "annotated_filepath": lambda name: (name, None),
            **{f"get_{name}_directory": lambda name=name: str(folder / name) for name in ("user", "input", "output")},
        },
        "nodes": {"NODE_CLASS_MAPPINGS": classes()},
        "server": {"PromptServer": types.SimpleNamespace(instance=server)},
        "comfy": {},
        "comfy.utils": {"ProgressBar": ProgressBar},
        "comfy.model_management": {
            "throw_exception_if_processing_interrupted": lambda: None,
            "current_loaded_models": loaded,
            "unload_all_models": loaded.clear,
            "soft_empty_cache": lambda: None,
        },
        "comfy_execution": {},
        "comfy_execution.utils": {"get_executing_context": lambda: context[0]},
        "comfy_execution.graph_utils": {"ExecutionBlocker": ExecutionBlocker, "GraphBuilder": GraphBuilder},
    }
    before = {name: sys.modules.pop(name) for name in list(sys.modules) if _is_replaced(name, modules)}
    for name, attributes in modules.items():
        module = types.ModuleType(name)
        module.__dict__.update(attributes)
        sys.modules[name] = module
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], child, module)
    try:
        load = lambda name: importlib.import_module(f"discomfort.{name}")  # noqa: E731
        yield types.SimpleNamespace(server=server, context=context, load=load)
    finally:
        bridge = sys.modules.get("discomfort.nested.the_bridge")
        if bridge is not None:
            bridge.bridge.close()
        for name in list(sys.modules):
            if _is_replaced(name, modules):
                del sys.modules[name]
        sys.modules.update(before)


def _is_replaced(name: str, modules: dict[str, Any]) -> bool:
    return name in modules or name.startswith(_OURS)


class DynamicPrompt:
    """The prompt that runs."""

    def __init__(self, prompt: dict[str, Any]) -> None:
        self.prompt = prompt

    def get_node(self, node_id: str) -> dict[str, Any]:
        return self.prompt[node_id]

    def has_node(self, node_id: str) -> bool:
        return node_id in self.prompt

    def all_node_ids(self) -> set[str]:
        return set(self.prompt)


class Execution:
    """Calls a node as ComfyUI does: first asks it what it needs, until all of it is there."""

    def __init__(
        self, node_class: Any, prompt: dict[str, Any], node_id: str, values: dict[tuple[str, int], list]
    ) -> None:
        self._node, self._id, self._values = node_class(), node_id, values
        self._class, self.prompt = node_class, DynamicPrompt(prompt)
        # The outputs that it asked for.
        self.evaluated: list[tuple[str, int]] = []

    def run(self) -> dict[str, Any]:
        for _ in range(10):
            arguments, missing = self._arguments()
            asked = self._node.check_lazy_status(**arguments)
            wanted = [name for name in asked if name in missing or name not in arguments]
            if not wanted:
                return getattr(self._node, self._class.FUNCTION)(**arguments)
            for name in wanted:
                node_id, number = self.prompt.get_node(self._id)["inputs"][name]
                self.evaluated.append((node_id, number))
        raise AssertionError("It asks for ever.")

    def _arguments(self) -> tuple[dict[str, Any], set[str]]:
        declared = self._class.INPUT_TYPES()
        arguments: dict[str, Any] = {"dynprompt": [self.prompt], "unique_id": [self._id]}
        missing = set()
        for name, value in self.prompt.get_node(self._id)["inputs"].items():
            spec = declared["required"].get(name) or declared["optional"].get(name)
            if isinstance(value, list):
                is_lazy = spec is not None and len(spec) > 1 and spec[1].get("lazy")
                output = (value[0], value[1])
                if output in self._values and (output in self.evaluated or (spec and not is_lazy)):
                    arguments[name] = self._values[output]
                else:
                    arguments[name] = (None,)
                    missing.add(name)
            elif spec is not None:
                arguments[name] = [value]
        return arguments, missing
