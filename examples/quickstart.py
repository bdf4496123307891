"""Import people, ask what is allowed, send one message to the sandbox, print what happened.

    onlyleads-sandbox --state box --account demo --port 8080 &
    python3 quickstart.py leads.db people.csv http://127.0.0.1:8080
"""

import os
import sys
from typing import Any, Dict

import onlyleads as ol

TEMPLATE = ("Hi {{first_name}}, {{sender_name}} of {{organization_name}} here. Why I have your name: "
            "acme.example/privacy. Reply STOP to opt out.")


def campaign(sender: str) -> Dict[str, Any]:
    """One step: an invitation with a note. The flags are the host's word for it; campaigns.h tells
    what each means. `content` names what the text holds: the obligations of the decision."""
    return {"name": "First words", "sender_id": sender, "profile": "balanced",
            "lia_on_file": True, "role_related": True, "art14_in_template": True,
            "content": ["sender_identity", "contact_for_opt_out", "opt_out_free_easy"],
            "steps": [{"action": "invitation", "template": TEMPLATE}]}


def main(database: str, people: str, sandbox: str) -> None:
    with ol.open(database) as engine:
        ws = engine.create_organization("Acme Ltd")
        report = ws.prospects.import_csv(people, source="quickstart",
                                         lawful_basis="legitimate_interests")
        print(f"imported {report.created} of {report.rows} rows")

        for country in ("GB", "DE"):
            decision = ol.policy.evaluate({"recipient_country": country,
                                           "channel": "linkedin_invite_note"})
            print(f"{country}: {decision.verdict}, {decision.reason}")

        # The sandbox's account and key; work around the clock so that the example runs at night.
        sender = ws.senders.connect(ws.members.add("Ada Example"), account_id="demo",
                                    base_url=sandbox, api_key="sandbox-api-key",
                                    webhook_secret="quickstart-secret", work_days=range(7),
                                    work_start_min=0, work_end_min=24 * 60)
        offer = ws.campaigns.create(campaign(sender))
        for row in ws.campaigns.enroll(offer, [person.id for person in ws.prospects]):
            name = ws.prospects.get(row.prospect_id).first_name
            print(f"{name}: {'enrolled' if row.enrolled else 'refused'}, {row.reason}")

        done = engine.run()
        print(f"sent {done.sent}")
        for message in ws.outbox.list():
            print(f"{message.channel} to {message.target}: {message.state}")
        print("audit", "intact" if engine.audit.verify().intact else "damaged")


if __name__ == "__main__":
    arguments = sys.argv[1:] + [os.environ.get("ONLYLEADS_SANDBOX_URL", "")] * (len(sys.argv) == 3)
    if len(arguments) != 3 or not all(arguments):
        sys.exit("usage: quickstart.py DATABASE PEOPLE.CSV [SANDBOX_URL]")
    try:
        main(*arguments)
    except ol.Error as error:
        sys.exit(str(error))
