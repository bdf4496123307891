"""How a CSV file would be read, before anything is imported."""

import json
from typing import Any, Optional

from . import _onlyleads
from . import _arguments as check
from .records import Preview


def preview_csv(path: Any, limit: Optional[int] = 20) -> Preview:
    """Encoding, delimiter, header and the first rows of a file. Stores nothing, needs no engine.

    limit: rows at most; None: every row, whatever the header looks like (they are all held in
    memory)."""
    rows = _onlyleads.PREVIEW_ALL if limit is None else check.integer("limit", limit, 0, 2**62)
    answer = json.loads(_onlyleads.preview_csv(check.path("path", path), rows))
    return Preview(encoding=answer["encoding"], delimiter=answer["delimiter"],
                   header_row=answer["header_row"], header=answer["header"], rows=answer["rows"],
                   mapping=answer["mapping"])
