"""A report on one organization as one HTML page that needs nothing else: no script, no network.

    from onlyleads.report import write_report
    write_report(engine, "report.html", workspace=ws)

It holds one person's data (their timeline) and is meant for the controller.
"""

import os
from pathlib import Path
from typing import Any, Optional

from .. import _arguments as check
from .._error import Error
from .._onlyleads import version
from ..engine import Engine
from ..workspace import Workspace
from .collect import Facts, collect
from .page import render

__all__ = ["Facts", "write_report"]


def write_report(engine: Any, path: Any, *, workspace: Any = None,
                 prospect_id: Optional[str] = None) -> Facts:
    """Writes the report of an organization to `path`, by rename, readable by the owner alone.

    workspace: a Workspace or an organization's id; None: the only one there is.
    prospect_id: whose timeline is told; None: somebody of whom there is much to tell.
    Returns the numbers of the page. Raises Error: OL_NOT_FOUND, or OL_INVALID_ARGUMENT when
    workspace is None and there is not exactly one organization; OSError when it cannot be written."""
    if not isinstance(engine, Engine):
        raise TypeError(f"engine must be an Engine, not {type(engine).__name__}")
    page = Path(check.path("path", path))
    if prospect_id is not None:
        check.identifier("prospect_id", prospect_id)
    if workspace is None:
        organizations = engine.organizations()
        if len(organizations) != 1:
            raise Error(f"workspace: there are {len(organizations)} organizations, name one")
        workspace = organizations[0]["org_id"]
    if not isinstance(workspace, Workspace):
        workspace = engine.workspace(check.identifier("workspace", workspace))
    facts = collect(engine, workspace, prospect_id)
    _write(page, render(facts, version()))
    return facts


def _write(path: Path, page: str) -> None:
    new = path.with_name(path.name + ".new")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w",
              encoding="utf-8") as file:
        file.write(page)
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)
