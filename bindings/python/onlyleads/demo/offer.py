"""What the two organizations of the story offer: scorecard, templates, limits, and how the sandbox's
people and faults behave. Data only.
"""

from typing import Any, Dict, List, Tuple

API_SECRET_HEADER = "Unipile-Auth"
WEBHOOK_NAME = "onlyleads-demo"
WEBHOOK_SECRET = "demo-webhook-secret"
AUDIENCE = 200
PROFILE = "balanced"

# LinkedIn's recommendations for a premium account, two weeks of them are enough for the audience.
LIMITS: Dict[str, Any] = {"premium": True, "zone": "Europe/London", "invitations_per_day": 30,
                          "invitations_per_week": 120, "messages_per_day": 60,
                          "messages_per_week": 300, "profiles_per_day": 60,
                          "profiles_per_week": 300, "min_gap_s": 60}

ORGANIZATIONS: List[Dict[str, Any]] = [
    {"ref": "demo-acme", "name": "Acme Ltd", "country": "GB", "member": "Dana Reed",
     "email": "dana@acme.example", "account": "acc-acme", "provider_id": "ACoAADEMOACME",
     "limits": LIMITS},
    # Slow on purpose: most of its invitations leave after the other one's opt-outs.
    {"ref": "demo-bolt", "name": "Bolt Ltd", "country": "GB", "member": "Sam Hale",
     "email": "sam@bolt.example", "account": "acc-bolt", "provider_id": "ACoAADEMOBOLT",
     "limits": {**LIMITS, "invitations_per_day": 1}},
]

# Comes, works a little and leaves within the story; it sends nothing.
DEPARTING: Dict[str, Any] = {
    "ref": "demo-cove", "name": "Cove Ltd", "country": "GB", "member": "Iris Lund",
    "email": "iris@cove.example", "account": "acc-cove", "limits": LIMITS}

# Visits of a member, by hours before the story begins: the first one is older than 90 days then.
VISITS: List[Tuple[int, Dict[str, str]]] = [
    (91 * 24, {"ip": "192.0.2.17", "browser": "Firefox/139.0", "page": "/signin"}),
    (26, {"ip": "192.0.2.17", "browser": "Firefox/139.0", "page": "/lists"}),
    (1, {"ip": "2001:db8::17", "browser": "Safari/18.3", "page": "/campaigns/new"})]

SCORECARD: Dict[str, Any] = {"factors": [
    {"name": "decides", "field": "title", "points": 40,
     "any_of": ["founder", "co-founder", "ceo", "cto", "cfo", "coo", "chief", "owner",
                "managing director", "geschäftsführer", "geschäftsführerin", "directeur",
                "directrice"]},
    {"name": "leads a team", "field": "title", "points": 25,
     "any_of": ["vp", "vice president", "head of", "director", "leiter", "leiterin",
                "einkaufsleiter", "einkaufsleiterin"]},
    {"name": "buys", "field": "title", "points": 15,
     "any_of": ["procurement", "purchasing", "inkoop", "einkauf", "finance", "operations"]},
    {"name": "junior", "field": "title", "points": -20,
     "any_of": ["intern", "assistant", "student", "werkstudent"]},
    {"name": "industry", "field": "industry", "points": 20,
     "any_of": ["software", "information technology", "telecommunications", "financial services",
                "logistics", "retail"]},
    {"name": "home market", "field": "country", "points": 15,
     "any_of": ["GB", "IE", "FR", "NL", "SE", "US"]},
]}

SCORECARD_WITH_SIGNALS: Dict[str, Any] = {
    **SCORECARD, "signals": [{"kind": "comment", "points": 20, "half_life_days": 14}]}

# The message elements that all templates below really hold (ids of the policy pack). A message on
# LinkedIn has no subject and no header that could lie.
CONTENT = ["truthful_headers", "truthful_subject", "sender_identity", "on_whose_behalf",
           "postal_address", "one_of_phone_email_web", "sender_contact", "contact_for_opt_out",
           "opt_out_free_easy", "recognisable_as_commercial", "commercial_label",
           "controller_identity", "data_source", "privacy_notice_link", "right_to_object"]

NOTE = ("Ad: {{first_name}}, {{sender_name}} of {{organization_name}} here. We halve the time B2B teams "
        "spend on invoices. Connect? {{notice}}")
FIRST_MESSAGE = ("Hello {{first_name}},\n\n{{sender_name}} of {{organization_name}} here. This is an offer: "
                 "we halve the time that teams like yours spend on invoices. Worth ten minutes next "
                 "week?\n\n{{notice}}")
FOLLOW_UP = ("{{first_name}}, one last word about the invoice offer of {{organization_name}}: here is how "
             "others did it, {{link}}. I will not write again.\n{{sender_name}}\n\n{{notice}}")
BROKEN = "Hello {{first_name}}, your {{favourite_colour}} is waiting."


def _notice(host: str, address: str) -> str:
    return (f"Data: contact lists. To opt out/object, free: reply STOP or privacy@{host}. "
            f"Notice: {host}/p. {address}")


def campaign(name: str, sender_id: str, steps: List[Dict[str, Any]], host: str,
             address: str) -> Dict[str, Any]:
    """A campaign document; the facts are the campaign's own and true of its templates."""
    return {"name": name, "sender_id": sender_id, "profile": PROFILE, "lia_on_file": True,
            "role_related": True, "art14_in_template": True, "content": CONTENT, "steps": steps,
            "variables": {"notice": _notice(host, address), "link": f"https://{host}/stories"}}


def acme_campaign(sender_id: str) -> Dict[str, Any]:
    return campaign("Invoices in half the time", sender_id, [
        {"action": "invitation", "template": NOTE},
        {"action": "message", "after": "acceptance", "delay_s": 3600, "template": FIRST_MESSAGE},
        {"action": "message", "delay_s": 3 * 86400, "template": FOLLOW_UP},
    ], "acme.example", "Acme Ltd, 1 Main St, Leeds")


def bolt_campaign(sender_id: str) -> Dict[str, Any]:
    return campaign("Hello from Bolt", sender_id, [{"action": "invitation", "template": NOTE}],
                    "bolt.example", "Bolt Ltd, 2 High St, York")


def late_campaign(sender_id: str) -> Dict[str, Any]:
    return campaign("Once more from Bolt", sender_id, [{"action": "message", "after": "acceptance",
                                                        "template": FIRST_MESSAGE}],
                    "bolt.example", "Bolt Ltd, 2 High St, York")


def departing_campaign(sender_id: str) -> Dict[str, Any]:
    return campaign("Hello from Cove", sender_id, [{"action": "invitation", "template": NOTE}],
                    "cove.example", "Cove Ltd, 3 Quay St, Bristol")


def broken_campaign(sender_id: str) -> Dict[str, Any]:
    return campaign("A template with a hole", sender_id,
                    [{"action": "message", "template": BROKEN}], "acme.example", "Leeds")


OPT_OUT_REPLY = "Please stop. No more messages from you."


def behaviour(seed: int) -> Dict[str, Any]:
    """How the sandbox's people take it."""
    minute, day = 60_000_000, 86_400_000_000
    return {"seed": seed, "accept_probability": 0.5, "accept_delay_us": [20 * minute, 3 * day],
            "reply_probability": 0.3, "reply_delay_us": [10 * minute, 2 * day], "max_replies": 1,
            "echo_own_sends": True, "read_lag_ms": 0,
            "replies": [
                {"text": "Sounds useful, could we talk on Thursday at 10?", "weight": 3},
                {"text": "Thanks, but this is not a fit for us right now.", "weight": 3},
                {"text": "I am away until 4 December and will answer when I am back.", "weight": 1},
                {"text": "Please take me off your list.", "weight": 1},
                {"text": "STOP", "weight": 1},
                {"text": "Bitte schreiben Sie mir nicht mehr.", "weight": 1}]}


def webhook(url: str, seed: int, account_ids: List[str]) -> Dict[str, Any]:
    """Pulled, so that the story is the same each time; twice, late and out of order at times."""
    return {"name": WEBHOOK_NAME, "url": url, "mode": "pull", "account_ids": account_ids,
            "headers": [{"key": API_SECRET_HEADER, "value": WEBHOOK_SECRET}],
            "events": ["message_received", "new_relation"], "duplicate_probability": 0.25,
            "reorder": True, "late_us": [0, 7_200_000_000], "late_probability": 0.3, "seed": seed}


def faults(account_id: str) -> List[Dict[str, Any]]:
    """What goes wrong on the way, a few times each. Names begin with the account and a colon."""
    def rule(name: str, route: str, every: int, times: int, **action: Any) -> Dict[str, Any]:
        return {"name": f"{account_id}: {name}", "match": {"route": route, "account_id": account_id},
                "every": every, "times": times, "action": action}
    return [rule("throttled", "any_write", 13, 3, type="throttle", retry_after_s=900),
            rule("throttled-silently", "profile", 17, 2, type="throttle"),
            rule("failed", "any_write", 7, 4, type="error", slug="unexpected_error"),
            rule("cut-after-acceptance", "any_write", 5, 4, type="cut", after_acceptance=True),
            rule("cut-before-acceptance", "any_write", 19, 2, type="cut"),
            rule("garbled", "any_write", 23, 1, type="garble", how="not_json")]
