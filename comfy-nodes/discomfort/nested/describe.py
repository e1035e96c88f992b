"""The ports of workflows, as the bridge tells them."""

from __future__ import annotations

from pathlib import Path

import comfy.model_management as memory
from comfy_execution.utils import get_executing_context

from ..bridge.call import Hooks, ask
from ..models.model_files import Stamp, stamp_of
from ..transport.bounded import BoundedMap
from ..workflow_files import find_workflow
from .comfy_hooks import comfy_hooks
from .depth import refuse_depth
from .missing import missing_workflow
from .node_misused import NodeMisused
from .ports import Ports, checked
from .the_bridge import bridge

_MOST = 1000

_known: BoundedMap[str, tuple[Stamp | None, Ports]] = BoundedMap(_MOST)
_QUIET = Hooks(memory.throw_exception_if_processing_interrupted, lambda _: None, lambda: 0)


def workflow_named(name: str) -> Path:
    """The file of a workflow. Raises NodeMisused where there is none."""
    path = find_workflow(name)
    if path is None:
        raise NodeMisused(missing_workflow(name) or "")
    return path


def describe(name: str) -> Ports:
    """The INPUT and OUTPUT ports of a workflow. The bridge is asked once as long as the file stays as it is."""
    path = str(workflow_named(name))
    stamp, known = stamp_of(path), _known.get(path)
    if known is not None and known[0] == stamp:
        return known[1]
    refuse_depth()
    told = ask(bridge, _hooks(), "describe", {"v": 1, "workflow": path})
    ports = checked(Ports(*([(name, kind) for name, kind in told[side]] for side in ("inputs", "outputs"))))
    _known.put(path, (stamp, ports))
    return ports


def _hooks() -> Hooks:
    """Those of the node that runs; of nobody where a prompt is only looked at."""
    context = get_executing_context()
    return _QUIET if context is None else comfy_hooks(context.node_id)
