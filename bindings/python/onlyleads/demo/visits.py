"""The usage log: which page a member opened when, from where and with what. Personal data of the customer's
people, so a class of its own in the retention plan: 90 days.
"""

from typing import Any, Dict

from . import offer
from .clock import HOUR_US, show


def record(ws: Any, member_id: str, start_us: int) -> int:
    """Three visits before the story, unless the log has some already; how many there are."""
    if not list(ws.usage.list(limit=1)):
        ws.usage.record([{"member_id": member_id, "at_us": start_us - hours * HOUR_US, **seen}
                         for hours, seen in offer.VISITS])
    return len(list(ws.usage.list()))


def due(plan: Any) -> int:
    """How many visits a retention plan would remove."""
    return sum(row["due"] for row in plan.rules if row["retention_class"] == "usage")


def tell_visits(story: Any) -> Dict[str, Any]:
    """What is recorded, and that a plan removes what is past its time and nothing else."""
    ws, screen = story.acme.ws, story.screen
    member = ws.senders.list()[0]["member_id"]

    def look() -> Dict[str, int]:
        return {"recorded": record(ws, member, story.start_us), "due": due(ws.retention.plan())}
    told: Dict[str, int] = story.memory.once("visits", look)
    plan = ws.retention.plan()
    planned = sum(row["due"] for row in plan.rules if row["retention_class"] in ("logs", "usage"))
    removed = ws.retention.run(plan).logs
    kept = list(ws.usage.list())
    screen.table(f"What {story.acme.member} did here in the last 90 days",
                 ["when", "page", "from", "browser"],
                 [[show(row["at_us"]), row["page"], row["ip"], row["browser"]] for row in kept])
    good = story.verdicts.judge(
        "usage", told["due"] == 1 and removed == planned and len(kept) == told["recorded"] - 1
        and not due(ws.retention.plan()),
        f"The usage log is a class of its own: of {told['recorded']} visits {told['due']} was older than "
        f"90 days, retention removed it, {len(kept)} stay.")
    return {**told, "kept": len(kept), "good": good}
