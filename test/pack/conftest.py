"""Puts the pack's own folder on the path: its transport and ports need no ComfyUI."""

import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
sys.path.insert(0, str(REPOSITORY / "comfy-nodes" / "discomfort"))
