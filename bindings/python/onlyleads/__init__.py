"""onlyleads: compliance-first outreach as an embedded library.

    import onlyleads as ol
    engine = ol.open("leads.db")
    ws = engine.create_organization("Acme Ltd")
    report = ws.prospects.import_csv("connections.csv", source="LinkedIn export",
                                     lawful_basis="legitimate_interests")

Ids are strings, instants ints (microseconds since 1970 UTC), unknown text is "". A failing call
raises onlyleads.Error. The C headers (include/onlyleads) are the reference of every verb.
"""

from ._error import Error
from . import policy, transport
from ._onlyleads import live_handles, version
from .engine import Engine, open
from .preview import preview_csv
from .records import (AuditReport, Decision, Draft, ImportReport, InboxReport, Preview, Prospect,
                      Record, Rejects, RunReport)
from .workspace import Workspace

__version__ = version()
__all__ = ["AuditReport", "Decision", "Draft", "Engine", "Error", "ImportReport", "InboxReport",
           "Preview", "Prospect", "Record", "Rejects", "RunReport", "Workspace", "live_handles",
           "open", "policy", "preview_csv", "transport",
           "version"]
