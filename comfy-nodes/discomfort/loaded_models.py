"""How much of ComfyUI's models is loaded. What the device has free says less: others use it too."""

from __future__ import annotations

import comfy.model_management as memory


def loaded_bytes() -> int:
    """The bytes of all models that are loaded, on whatever device."""
    alive = [loaded for loaded in list(memory.current_loaded_models) if loaded.model is not None]
    return sum(int(loaded.model_loaded_memory()) for loaded in alive)
