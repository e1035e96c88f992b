"""Which nodes of a prompt load models or patch them, by what their classes declare."""

from __future__ import annotations

import itertools
import json
from collections.abc import Collection, Hashable, Iterator, Mapping
from typing import Any, NamedTuple

from ..ports.rewrite import is_link
from .model_files import ModelFiles, Stamp

# Packs name the types of their own models SAM_MODEL, WANVIDEOMODEL …: these need no entry.
_MODELS = frozenset(
    (
        *("MODEL", "CLIP", "VAE", "CONTROL_NET", "CLIP_VISION"),
        *("GLIGEN", "PHOTOMAKER", "MODEL_PATCH", "AUDIO_ENCODER", "BACKGROUND_REMOVAL"),
    )
)
_SCALARS = frozenset(("STRING", "INT", "FLOAT", "BOOLEAN", "COMBO"))
_DEEPEST = 200


class ModelNode(NamedTuple):
    """A node whose outputs may be kept."""

    # The files that it and all nodes before it name.
    stamps: tuple[Stamp, ...]
    # The loaders whose models are in its outputs: its own first.
    loaders: tuple[Hashable, ...]
    # How many bytes it reads itself.
    size: int


class _Part(NamedTuple):
    is_model: bool
    stamps: tuple[Stamp, ...]
    loaders: tuple[Hashable, ...]
    size: int


def gives_models(node_class: Any) -> bool:
    """Whether all outputs of a class are models."""
    types = _output_types(node_class)
    return bool(types) and all(isinstance(kind, str) and _is_model(kind) for kind in types)


def find_model_nodes(prompt: Mapping[str, Any], classes: Mapping[str, Any], files: ModelFiles) -> dict[str, ModelNode]:
    """The nodes of a prompt that load a model from a file that can be seen, and those that only patch such models.

    A node that takes anything heavy (a picture, a conditioning) is none of them: its outputs would keep that too.
    """
    parts: dict[str, _Part | None] = {}
    for node_id, node in prompt.items():
        if isinstance(node, dict) and gives_models(classes.get(node.get("class_type"))):
            _part(node_id, prompt, classes, files, parts, 0)
    return {
        node_id: ModelNode(part.stamps, part.loaders, part.size)
        for node_id, part in parts.items()
        if part is not None and part.is_model and part.loaders
    }


def stand_first(nodes: Collection[str], prompt: Mapping[str, Any]) -> bool:
    """Whether these nodes of a prompt stand before all others."""
    return all(node_id in nodes for node_id in itertools.islice(prompt, len(nodes)))


def _part(
    node_id: str,
    prompt: Mapping[str, Any],
    classes: Mapping[str, Any],
    files: ModelFiles,
    parts: dict[str, _Part | None],
    depth: int,
) -> _Part | None:
    """What a node contributes; None where it, or something before it, is neither a model nor a plain value."""
    if node_id in parts:
        return parts[node_id]
    # Until it is known: a circle must end, and is nothing to keep.
    parts[node_id] = None
    node = prompt.get(node_id)
    if depth > _DEEPEST or not isinstance(node, dict) or not isinstance(node.get("inputs"), dict):
        return None
    node_class = classes.get(node.get("class_type"))
    is_model = gives_models(node_class)
    if not (is_model or _gives_scalars(node_class)) or _is_special(node_class):
        return None
    before = []
    for source in _sources(node):
        part = _part(source, prompt, classes, files, parts, depth + 1)
        if part is None or (part.is_model and not is_model):
            return None
        before.append(part)
    constants = [value for value in node["inputs"].values() if not is_link(value)]
    if any(files.misses(value) for value in constants):
        return None
    parts[node_id] = _combined(node, is_model, constants, before, files)
    return parts[node_id]


def _combined(
    node: dict[str, Any], is_model: bool, constants: list[Any], before: list[_Part], files: ModelFiles
) -> _Part | None:
    own = _unique(stamp for value in constants for stamp in files.named_by(value))
    # A name may come out of a text node.
    named = _unique((*own, *(stamp for part in before if not part.is_model for stamp in part.stamps)))
    stamps = _unique((*own, *(stamp for part in before for stamp in part.stamps)))
    loaders = _unique(loader for part in before for loader in part.loaders)
    if not is_model:
        return _Part(False, stamps, (), 0)
    on_model = any(part.is_model for part in before)
    if named:
        # Two strengths of one LoRA are one loader; one file in two precisions is two models.
        settings = "" if on_model else json.dumps(constants, sort_keys=True, default=str)
        loaders = ((node["class_type"], named, settings), *loaders)
    elif not on_model:
        # It loads from a place that cannot be seen: the model there might change.
        return None
    return _Part(True, stamps, loaders, sum(stamp.size for stamp in named))


def _sources(node: dict[str, Any]) -> Iterator[str]:
    return (value[0] for value in node["inputs"].values() if is_link(value))


def _output_types(node_class: Any) -> tuple[Any, ...]:
    try:
        return tuple(node_class.RETURN_TYPES or ())
    except Exception:
        # No class, or one that cannot be looked at.
        return ()


def _gives_scalars(node_class: Any) -> bool:
    # A list in place of a type is the choices of a combo.
    types = _output_types(node_class)
    return bool(types) and all(isinstance(kind, (list, tuple)) or kind in _SCALARS for kind in types)


def _is_special(node_class: Any) -> bool:
    """Whether running the node is the point, or running it again gives something else."""
    return bool(getattr(node_class, "OUTPUT_NODE", False) or getattr(node_class, "NOT_IDEMPOTENT", False))


def _is_model(kind: str) -> bool:
    return kind in _MODELS or kind.endswith("MODEL")


def _unique(items: Any) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(items))
