"""Makes the pack importable as `discomfort` without its `__init__`, which needs ComfyUI."""

import sys
import types
from pathlib import Path

package = types.ModuleType("discomfort")
package.__path__ = [str(Path(__file__).parents[2] / "comfy-nodes" / "discomfort")]
sys.modules["discomfort"] = package
