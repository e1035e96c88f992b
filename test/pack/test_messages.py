"""The messages that library and pack exchange, against the golden ones and the schemas that the library writes out."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

from discomfort import version
from discomfort.transport.receipt import outgoing, resident_entry, saver_entry
from discomfort.transport.submissions import parse_submit

HERE = Path(__file__).parent
GOLDEN = json.loads((HERE.parent / "golden" / "messages.json").read_text())
PROTOCOL = json.loads((HERE.parents[1] / "comfy-nodes" / "discomfort" / "protocol.json").read_text())


# Two golden messages of one schema.
SCHEMAS = {"residentEntry": "saverEntry"}


def test_the_golden_messages_have_the_parts_that_the_schemas_name():
    for name, message in GOLDEN.items():
        schema = PROTOCOL["messages"][SCHEMAS.get(name, name)]
        assert set(schema["required"]) <= set(message) <= set(schema["properties"])


def test_the_golden_submit_is_taken():
    submitted = parse_submit({"prompt": {}, "prompt_id": str(uuid.uuid4()), "discomfort": GOLDEN["submit"]})
    assert submitted.context == GOLDEN["submit"]["context"]
    assert list(submitted.reads) == GOLDEN["submit"]["reads"]
    assert list(submitted.forget) == GOLDEN["submit"]["forget"]
    assert submitted.files == GOLDEN["submit"]["files"]


def test_a_saver_tells_what_the_golden_entry_tells():
    entry = saver_entry("quality", outgoing([0.5], "FLOAT"), lambda: HERE)
    entry["receipt"]["id"] = GOLDEN["saverEntry"]["receipt"]["id"]
    assert entry == GOLDEN["saverEntry"]
    resident = resident_entry("model", outgoing([object()], "MODEL"), lambda _value, _out: None)
    resident["receipt"]["id"] = GOLDEN["residentEntry"]["receipt"]["id"]
    assert resident == GOLDEN["residentEntry"]


def test_the_pack_speaks_the_protocol_that_the_schemas_are_of():
    assert PROTOCOL["protocol"] == version.PROTOCOL
