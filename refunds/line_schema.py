"""The shape of every line of a store file, declared once in line.schema.json. The loader checks lines by it, and the API
builds from it the forms for what another shop sends."""

import json
from pathlib import Path
from typing import Any

Shape = dict[str, Any]

SCHEMA: Shape = json.loads(Path(__file__).with_name("line.schema.json").read_text())
DEFS: dict[str, Shape] = SCHEMA["$defs"]
TYPES = tuple(choice["$ref"].rpartition("/")[2] for choice in SCHEMA["oneOf"])
