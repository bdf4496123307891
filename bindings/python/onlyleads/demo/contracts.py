"""Chapter 7: interest that fades, somebody whose data may only be stored, and the two contracts without
which nothing leaves, a member's mandate and an organization's subscription; then one that is over."""

from typing import Any, Dict, List, Optional

from . import offer
from .clock import DAY_US
from .departure import tell_departure

FRESH_DAYS, OLD_DAYS = 1, 28


def tell_contracts(story: Any) -> None:
    story.screen.chapter(7, "Interest fades; a restriction, a mandate and a subscription hold; a "
                            "customer leaves")
    story.numbers["interest"] = _tell_interest(story)
    story.numbers["contract"] = _tell_contract(story)
    story.numbers["departure"] = tell_departure(story)


def _choose(story: Any) -> Optional[Dict[str, Any]]:
    """Two people with the same score whom no campaign knows, so that nothing else is disturbed."""
    offered = set(story.offered)
    by_score: Dict[float, str] = {}
    for row in story.acme.ws.scoring.top(10_000):
        if row["prospect_id"] in offered or row["score"] <= 0:
            continue
        if row["score"] in by_score:
            return {"fresh": by_score[row["score"]], "old": row["prospect_id"],
                    "score": row["score"], "now_us": story.clock.now_us}
        by_score[row["score"]] = row["prospect_id"]
    return None


def _tell_interest(story: Any) -> Optional[Dict[str, Any]]:
    ws, screen, memory = story.acme.ws, story.screen, story.memory
    pair = memory.once("interest pair", lambda: _choose(story))
    if pair is None:
        screen.say("There are no two people with the same score to compare.")
        return None

    def weigh() -> Dict[str, Any]:
        ws.signals.record([
            {"prospect_id": pair[who], "kind": "comment", "source": "company page",
             "external_ref": f"demo-{who}", "at_us": pair["now_us"] - days * DAY_US}
            for who, days in (("fresh", FRESH_DAYS), ("old", OLD_DAYS))])
        scored = ws.scoring.run(offer.SCORECARD_WITH_SIGNALS)
        now = {row["prospect_id"]: row for row in ws.scoring.top(10_000)}
        return {"scored": scored, **{who: _points(now[pair[who]]) for who in ("fresh", "old")}}
    told = memory.once("interest", weigh)
    screen.table("Two people of the same score wrote a comment; its 20 points halve every 14 days",
                 ["comment", "score before", "signal", "score now"],
                 [[f"{days} days ago" if days > 1 else "yesterday", pair["score"], round(told[who], 2),
                   round(pair["score"] + told[who], 2)]
                  for who, days in (("fresh", FRESH_DAYS), ("old", OLD_DAYS))])
    # Once: saying it again is another version of the person's facts.
    memory.once("restricted", lambda: len(ws.prospects.restrict(pair["old"])))
    after = memory.once("scored after restriction",
                        lambda: ws.scoring.run(offer.SCORECARD_WITH_SIGNALS))
    objected = sum(1 for person in ws.prospects.list() if person.objected_at_us)
    good = after == told["scored"] - 1 and after == ws.prospects.count() - objected - 1
    (screen.good if good else screen.bad)(
        f"One of them asks for restriction (GDPR 18): {told['scored']} people were scored, now {after}. "
        f"Nor are the {objected} who objected.")
    return {"fresh_points": round(told["fresh"], 3), "old_points": round(told["old"], 3),
            "scored": told["scored"], "scored_after_restriction": after, "objected": objected}


def _points(row: Any) -> float:
    return float(sum(f["points"] for f in row["factors"] if f["name"] == "signal:comment"))


def _tell_contract(story: Any) -> Dict[str, Any]:
    """Offers of the second organization that would leave today, held back twice. Nothing is sent."""
    ws, screen, memory = story.bolt.ws, story.screen, story.memory
    for mandate in ws.mandates.list():
        if mandate["revoked_at_us"] is None:
            ws.mandates.revoke(mandate["mandate_id"])
    late = ws.campaigns.create(offer.late_campaign(story.bolt.sender_id), "demo-late")
    people: List[str] = [person.id for person in ws.prospects.list()]
    enrolled = memory.once("late", lambda: sum(bool(row["enrolled"])
                                               for row in ws.campaigns.enroll(late, people)))
    held = memory.once("held", lambda: _held(story, late))
    (screen.bad if held["sent"] else screen.good)(
        f"{story.bolt.member} takes the mandate to send on their behalf back: {held['waiting']} messages "
        f"that were due wait, {held['sent']} were sent.")
    # Once: saying it again makes the organization due again.
    memory.once("subscription", lambda: story.engine.organizations.set_subscription(
        story.bolt.ws, story.start_us))
    ended = memory.once("ended", lambda: story.engine.run().subscriptions_ended)
    (screen.good if ended == 1 else screen.bad)(
        f"The subscription of {story.bolt.name} ended: nothing of it is queued or sent, and its account "
        "data may be kept for twelve more months.")
    return {"enrolled": enrolled, "held": held["waiting"], "sent": held["sent"],
            "subscriptions_ended": ended}


def _held(story: Any, campaign: str) -> Dict[str, int]:
    ws = story.bolt.ws
    story.engine.run()
    messages = [m for m in ws.outbox.list() if m["campaign_id"] == campaign]
    states = [row["state"] for row in ws.campaigns.enrollments(campaign)]
    return {"sent": sum(m["state"] not in ("queued", "parked") for m in messages),
            "waiting": sum(state in ("active", "sending", "parked") for state in states)}
