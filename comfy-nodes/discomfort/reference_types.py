"""Types whose values only live inside a server, as the library has them."""

from __future__ import annotations

import json
from pathlib import Path

_PROTOCOL = json.loads((Path(__file__).parent / "protocol.json").read_text(encoding="utf-8"))

# A value of these types goes from server to server by how it is made.
REFERENCE_TYPES: frozenset[str] = frozenset(_PROTOCOL["referenceTypes"])
