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
    fades = story.verdicts.judge("interest", told["fresh"] > told["old"] > 0,
                                 f"The newer one adds {told['fresh']:.2f} points, the older one "
                                 f"{told['old']:.2f}.")
    # Once: saying it again is another version of the person's facts.
    memory.once("restricted", lambda: len(ws.prospects.restrict(pair["old"])))
    # Once: later one of these people is erased.
    after = memory.once("scored after restriction", lambda: _score_the_rest(ws, pair["old"]))
    good = story.verdicts.judge(
        "scoring", after["scored"] == told["scored"] - 1 and not after["silent_scored"]
        and after["scored"] == after["people"] - after["objected"] - 1,
        f"One of them asks for restriction (GDPR 18): {told['scored']} people were scored, now "
        f"{after['scored']}. Nor are the {after['objected']} who objected.")
    return {"fresh_points": round(told["fresh"], 3), "old_points": round(told["old"], 3),
            "scored": told["scored"], "scored_after_restriction": after["scored"],
            "objected": after["objected"], "good": fades and good}


def _score_the_rest(ws: Any, restricted: str) -> Dict[str, int]:
    """silent_scored: how many have a score although they objected or are restricted."""
    scored = ws.scoring.run(offer.SCORECARD_WITH_SIGNALS)
    objected = {person.id for person in ws.prospects.list() if person.objected_at_us}
    listed = {row["prospect_id"] for row in ws.scoring.top(10_000)}
    return {"scored": scored, "people": ws.prospects.count(), "objected": len(objected),
            "silent_scored": len(listed & (objected | {restricted}))}


def _points(row: Any) -> float:
    return float(sum(f["points"] for f in row["factors"] if f["name"] == "signal:comment"))


def _tell_contract(story: Any) -> Dict[str, Any]:
    """Offers of the second organization that would leave today, held back twice. Nothing is sent."""
    ws, memory = story.bolt.ws, story.memory
    for mandate in ws.mandates.list():
        if mandate["revoked_at_us"] is None:
            ws.mandates.revoke(mandate["mandate_id"])
    late = ws.campaigns.create(offer.late_campaign(story.bolt.sender_id), "demo-late")
    people: List[str] = [person.id for person in ws.prospects.list()]
    # A kill between enrolling and remembering makes this the second time they are offered.
    enrolled = memory.once("late", lambda: sum(
        bool(row["enrolled"]) or row["reason"] == "already_enrolled"
        for row in ws.campaigns.enroll(late, people)))
    held = memory.once("held", lambda: _held(story, late))
    unsent = story.verdicts.judge(
        "mandate", not held["sent"],
        f"{story.bolt.member} takes the mandate to send on their behalf back: {held['waiting']} messages "
        f"that were due wait, {held['sent']} were sent.")
    # Once: saying it again makes the organization due again.
    memory.once("subscription", lambda: story.engine.organizations.set_subscription(
        story.bolt.ws, story.start_us))
    ended = memory.once("ended", lambda: story.engine.run().subscriptions_ended)
    stopped = story.verdicts.judge(
        "subscription", ended == 1,
        f"The subscription of {story.bolt.name} ended: nothing of it is queued or sent, and its account "
        "data may be kept for twelve more months.")
    return {"enrolled": enrolled, "held": held["waiting"], "sent": held["sent"],
            "subscriptions_ended": ended, "good": unsent and stopped}


def _held(story: Any, campaign: str) -> Dict[str, int]:
    ws = story.bolt.ws
    story.engine.run()
    messages = [m for m in ws.outbox.list() if m["campaign_id"] == campaign]
    states = [row["state"] for row in ws.campaigns.enrollments(campaign)]
    return {"sent": sum(m["state"] not in ("queued", "parked") for m in messages),
            "waiting": sum(state in ("active", "sending", "parked") for state in states)}
