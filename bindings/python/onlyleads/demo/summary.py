"""summary.json: all numbers of the story, for programs. docs/demo.md says what each key means."""

import json
import os
from pathlib import Path
from typing import Any, Dict


def write(path: Path, summary: Dict[str, Any]) -> None:
    """By rename: whoever waits for the file never reads half of it."""
    new = path.with_name(path.name + ".new")
    with open(new, "w", encoding="utf-8") as file:
        json.dump(summary, file, indent=2, ensure_ascii=False)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)
