"""The story: nine chapters over one engine and one sandbox.

Each chapter can be told again after a kill: what it writes is keyed (external_ref, files, names) or
remembered, and what it tells is read from what the library and the sandbox keep.
"""

import argparse
import json
import sys
import time
from typing import Any, Dict, List, Set

from .. import Error
from .. import open as open_engine
from ..report import write_report
from . import DemoError, carrier, fortnight, imports, offer, summary
from .clock import DAY_US, HOUR_US, Clock, next_start, show
from .contracts import tell_contracts
from .ending import tell_erasure, tell_ledger
from .memory import Memory
from .people import Team, found_teams, hand_over, known_to_world, relate
from .receiver import Receiver
from .screen import SilentScreen, open_screen
from .verdicts import Verdicts
from .world import World

OBJECTION_AFTER_US = 2 * DAY_US
# The sandbox's number of its last write before the host's own transport, and of the last by it.
CARRIED_SINCE, CARRIED_UNTIL = "carried since", "carried until"
CARRIED_FROM_US, CARRIED_TO_US = HOUR_US // 2, DAY_US


class Story:
    """What all chapters share."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.world = World(options.sandbox)
        self.exports = imports.Exports(options.data)
        sandbox_now = self.world.now_us()
        self.memory = Memory(options.out, options.resume)
        self.screen = SilentScreen() if options.json else open_screen()
        self.verdicts = Verdicts(self.screen)
        self.seed = self.memory.once("seed", lambda: options.seed)
        self.start_us = self.memory.once("start_us", lambda: next_start(sandbox_now))
        self.clock = Clock(max(self.start_us, sandbox_now))
        self.engine = self._open()
        self.clock.advance_to(self.engine.last_instant())
        self.receiver = Receiver(self.engine)
        self.numbers: Dict[str, Any] = {"version": 1, "seed": self.seed, "profile": offer.PROFILE}
        self.teams: List[Team] = []

    def _open(self) -> Any:
        carrying = (self.memory.get(CARRIED_SINCE) is not None
                    and self.memory.get(CARRIED_UNTIL) is None)
        transport = carrier.Carrier(self.options.out / carrier.FILE) if carrying else None
        return open_engine(self.options.out / "leads.db", clock=self.clock, profile=offer.PROFILE,
                           transport=transport)

    def _change_transport(self, key: str) -> None:
        """An engine has one transport for life: another engine on the same database."""
        requests = self.world.requests()
        self.memory.once(key, lambda: max((request["seq"] for request in requests), default=0))
        self.engine.close()
        self.engine = self._open()
        self.receiver.hand_to(self.engine)
        for team in self.teams:
            team.ws = self.engine.workspace(team.ws.org_id)

    def tell(self) -> int:
        """The exit code: 0 when every verdict is good."""
        began = time.monotonic()
        report = self.options.out / "report.html"
        try:
            self._chapters()
            write_report(self.engine, report, workspace=self.acme.ws)
        finally:
            self.receiver.close()
            self.engine.close()
        self.numbers["verdicts"] = self.verdicts.found
        path = self.options.out / "summary.json"
        summary.write(path, self.numbers)
        self.screen.say(f"\nThe same as a page: {report}")
        self.screen.say(f"All numbers: {path}  ({time.monotonic() - began:.1f} s)")
        if self.options.json:
            print(json.dumps(self.numbers, ensure_ascii=False), flush=True)
        failed = self.verdicts.failed()
        if failed:
            print("demo: not as promised: " + ", ".join(failed), file=sys.stderr)
        return 1 if failed else 0

    def _chapters(self) -> None:
        self._greet()
        self._organizations()
        self._import()
        self._scores()
        self._campaign()
        self._fortnight()
        self._replies()
        tell_contracts(self)
        tell_erasure(self)
        tell_ledger(self)

    @property
    def acme(self) -> Team:
        return self.teams[0]

    @property
    def bolt(self) -> Team:
        return self.teams[1]

    def _greet(self) -> None:
        say = self.screen.say
        say("onlyleads: a message cannot leave without a recorded decision that allows it.")
        if self.memory.resumed:
            say(f"Resumed: the clock goes on at {show(self.clock.now_us)} UTC, "
                f"{(self.clock.now_us - self.start_us) / DAY_US:.1f} days into the story.")
        elif self.options.resume:
            say("Nothing to resume in --out: the story begins.")
        say(f"Legal profile: {offer.PROFILE} (contested law is read as most practitioners do; "
            "the default of the library is strict). Provider: the sandbox at " + self.world.url)

    def _organizations(self) -> None:
        self.screen.chapter(1, "Two organizations, a member and a LinkedIn sender each")
        self.teams = found_teams(self.engine, self.world, self.memory)
        accounts = [team.account for team in self.teams]
        self.world.put_behaviour(offer.behaviour(self.seed))
        self.world.put_webhook(offer.webhook(self.receiver.url, self.seed, accounts))
        self.screen.table("", ["organization", "member", "sender", "account", "state"],
                          [[team.name, team.member, sender["name"], team.account, sender["state"]]
                           for team in self.teams for sender in team.ws.senders.list()])
        self.numbers["organizations"] = len(self.teams)

    def _import(self) -> None:
        self.screen.chapter(2, f"Importing the exports in {self.options.data}, untouched")
        reports = []
        for path in self.exports.paths:
            def progress(rows: int, done: int, total: int, name: str = path.name) -> None:
                self.screen.progress(name, done, max(total, 1))
            reports.append(imports.import_once(self.acme.ws, self.memory, "import " + path.name,
                                               path, progress))
        good = [report for report in reports if "error" not in report]
        self.screen.table("", ["file"] + [name.replace("_", "-") for name in imports.COUNTS],
                          [[r["file"]] + [r[name] for name in imports.COUNTS] for r in good]
                          + [["together"] + [sum(r[name] for r in good) for name in imports.COUNTS]])
        rejects = [[r["file"], *reject] for r in good for reject in r["rejects"]]
        if rejects:
            self.screen.table("Rejected rows (never with their text)",
                              ["file", "line", "column", "reason"], rejects)
        people = self.memory.once("people", self.acme.ws.prospects.count)
        told = f"{people} people from {sum(r['rows'] for r in good)} rows."
        errors = [f"{report['file']} could not be imported: {report['error']}"
                  for report in reports if "error" in report]
        if errors:
            self.screen.say(told)
        self.verdicts.judge("import", not errors, "\n".join(errors) or told)
        self.numbers["import"] = {"files": [{k: v for k, v in r.items() if k != "rejects"}
                                            for r in reports],
                                  "people": people, "truth": self._truth(reports, people)}

    def _truth(self, reports: List[Dict[str, Any]], people: int) -> Any:
        """What truth.json has to say about it: None when there is none."""
        if not self.exports.truth:
            return None
        wrong: List[str] = []
        checked = 0
        for report in reports:
            expected = self.exports.expected(report["file"])
            if expected is not None:
                checked += 1
                wrong += imports.differences(report, expected)
        expected_people = self.exports.truth.get("distinct_people")
        if isinstance(expected_people, int) and expected_people != people:
            wrong.append(f"people: {people}, expected {expected_people}")
        equal = self.verdicts.judge(
            "truth", not wrong, "\n".join(["Not equal to truth.json:", *wrong]) if wrong
            else f"Equal to truth.json: {checked} files, every number.")
        return {"files": checked, "equal": equal, "differences": wrong}

    def _scores(self) -> None:
        self.screen.chapter(3, "Scores, with the factors that add up to them")
        ws = self.acme.ws
        # Later scorings leave out who has objected since; the audience is chosen once.
        scored = self.memory.once("scored", lambda: ws.scoring.run(offer.SCORECARD))
        best = self.memory.once("best", lambda: [dict(row) for row in ws.scoring.top(10)])
        self.offered = self.memory.once(
            "offered", lambda: [row["prospect_id"]
                                for row in ws.scoring.top(offer.AUDIENCE, with_linkedin=True)])
        rows = []
        for row in best:
            name, title = self.acme.describe(row["prospect_id"])
            factors = " + ".join(f"{f['name']} {f['points']:g}" for f in row["factors"])
            rows.append([row["score"], name, title, factors or "nothing that counts"])
        self.screen.table(f"Top {len(rows)} of {scored}", ["score", "person", "title", "factors"],
                          rows)
        self.numbers["scoring"] = {
            "scored": scored, "top": [{"score": r["score"], "factors": r["factors"]} for r in best]}

    def _campaign(self) -> None:
        self.screen.chapter(4, f"The best {offer.AUDIENCE} with a LinkedIn identifier, offered to a "
                               "campaign")
        acme = self.acme
        campaign = acme.ws.campaigns.create(offer.acme_campaign(acme.sender_id), "demo-invoices")
        self.campaign_id = campaign
        related = self.memory.once(
            "related", lambda: relate(acme, self.world, self.exports.paths))
        self.memory.once("world", lambda: known_to_world(acme, self.world, self.offered))
        outcome = self.memory.once("enrollment", lambda: self._enroll(campaign))
        self.screen.say(
            f"Profile {offer.PROFILE}. The campaign's own facts: LIA on file, role-related offer, "
            "Article 14 text in the template.\n"
            f"{related} people of connections exports are connected and skip the invitation.")
        self.screen.table(f"{outcome['offered']} offered", ["outcome", "reason", "people"],
                          [["enrolled", "", outcome["enrolled"]]]
                          + [["refused", reason, count] for reason, count
                             in sorted(outcome["refused"].items(), key=lambda item: -int(item[1]))])
        if not outcome["enrolled"]:
            self.screen.say("Nobody may be written to: the story goes on without messages.")
        handed = hand_over(self)
        self.screen.say(f"{self.bolt.name} holds {handed} of the same people in a list of its own"
                        + (" and invites them itself." if handed else "."))
        self.numbers["campaign"] = {**outcome, "connected": related}
        self.numbers["second_organization"] = {"people": handed}

    def _enroll(self, campaign: str) -> Dict[str, Any]:
        refused: Dict[str, int] = {}
        enrolled = 0
        rows = self.acme.ws.campaigns.enroll(campaign, self.offered) if self.offered else []
        for row in rows:
            # A kill between enrolling and remembering makes this the second time they are offered.
            if row["enrolled"] or row["reason"] == "already_enrolled":
                enrolled += 1
            else:
                refused[row["reason"]] = refused.get(row["reason"], 0) + 1
        return {"offered": len(rows), "enrolled": enrolled, "refused": refused}

    def _drafts(self) -> None:
        """One draft of each kind, and what becomes of a template with a hole."""
        acme = self.acme
        shown: Set[Any] = set()
        for row in acme.ws.campaigns.enrollments(self.campaign_id):
            step = row["step"]
            if row["state"] in ("refused", "stopped") or step in shown or len(shown) == 2:
                continue
            draft = acme.ws.campaigns.render(self.campaign_id, row["prospect_id"], step)
            shown.add(step)
            self.screen.letter(f"step {step}: {draft.utf16_units} of {draft.limit_units} UTF-16 units",
                               draft.body)
        if not self.offered:
            return
        broken = acme.ws.campaigns.create(offer.broken_campaign(acme.sender_id), "demo-broken")
        try:
            acme.ws.campaigns.render(broken, self.offered[0], 0)
        except Error as error:
            self.screen.say(f"A template with an unknown variable is refused: {error.code}.")

    def _fortnight(self) -> None:
        self.screen.chapter(5, "Two weeks of sending, in a few seconds")
        if self.clock.now_us == self.start_us:
            self._drafts()
        self.world.put_faults(offer.faults(self.acme.account))
        if not self.memory.get("fortnight"):
            self._looked_at_us = self.clock.now_us
            for key, after_us in ((CARRIED_SINCE, CARRIED_FROM_US), (CARRIED_UNTIL, CARRIED_TO_US)):
                if self.memory.get(key) is None:
                    self._drive().until(self.start_us + after_us, self._each_stop)
                    self._change_transport(key)
            drive = self._drive()
            drive.until(self.start_us + fortnight.FORTNIGHT_DAYS * DAY_US, self._each_stop)
            drive.settle([team.ws for team in self.teams])
            self.memory.put("fortnight", True)
        ledger, requests = self.own_ledger(), self.own_requests()
        inbox = [reply for team in self.teams for reply in team.ws.inbox.list()]
        diary = fortnight.days(self.start_us, ledger, requests, inbox)
        self.screen.table("The provider's diary, both organizations",
                          ["day", "invitations", "messages", "troubles", "replies", "opt-outs"],
                          diary)
        if not diary:
            self.screen.say("Nothing was sent and nothing came back.")
        faults = fortnight.faults_by_name(requests)
        if faults:
            self.screen.say("Troubles on command: " + ", ".join(
                f"{name} {count}" for name, count in sorted(faults.items())) + ".")
        since, until = self.memory.get(CARRIED_SINCE), self.memory.get(CARRIED_UNTIL)
        self.numbers["transport"] = carrier.tell_carried(
            self, sum(since < request["seq"] <= until for request in requests),
            show(self.start_us + CARRIED_FROM_US), show(self.start_us + CARRIED_TO_US))
        self.numbers["fortnight"] = {
            "days": fortnight.FORTNIGHT_DAYS,
            "invitations": sum(row[1] for row in diary), "messages": sum(row[2] for row in diary),
            "troubles": sum(row[3] for row in diary), "faults": faults}

    def _drive(self) -> fortnight.Fortnight:
        return fortnight.Fortnight(self.engine, self.world, self.clock)

    def _each_stop(self) -> None:
        now = self.clock.now_us
        self.screen.progress(show(now), now - self.start_us, fortnight.FORTNIGHT_DAYS * DAY_US)
        # Once a day is enough to look for somebody who objects; who it is depends on the seed.
        if now - self.start_us < OBJECTION_AFTER_US or now - self._looked_at_us < DAY_US // 2:
            return
        self._looked_at_us = now
        if self.memory.get("objector") is not None:
            return
        answered = {reply["prospect_id"] for reply in self.acme.ws.inbox.list()}
        entry = fortnight.choose_objector(self.acme, self.bolt, self.own_ledger(), answered)
        if entry:
            self.world.reply(self.acme.account, entry["provider_id"], offer.OPT_OUT_REPLY)
            self.memory.put("objector", entry["seq"])

    def own_ledger(self) -> List[Dict[str, Any]]:
        accounts = {team.account for team in self.teams}
        return [entry for entry in self.world.ledger() if entry["account_id"] in accounts]

    def own_requests(self) -> List[Dict[str, Any]]:
        accounts = {team.account for team in self.teams}
        return [entry for entry in self.world.requests() if entry["account_id"] in accounts]

    def _replies(self) -> None:
        self.screen.chapter(6, "Replies came by webhook")
        labels: Dict[str, int] = {}
        inbox = list(self.acme.ws.inbox.list())
        for reply in inbox:
            labels[reply["label"]] = labels.get(reply["label"], 0) + 1
        self.screen.table(f"Inbox of {self.acme.name}", ["label", "replies"],
                          sorted(labels.items()))
        if not labels:
            self.screen.say("Nobody replied.")
        forged = json.dumps({"event": "message_received", "account_id": self.acme.account,
                             "message_id": "forged", "message": "STOP"}).encode()
        status = self.receiver.knock(forged, "not the secret")
        self.verdicts.judge("forged_webhook", status == 401,
                            f"A forged webhook with a wrong secret gets {status}.")
        after, crossed = self._after_opt_outs(inbox)
        told = self._tell_objector()
        self.numbers["replies"] = {"labels": labels, "forged_webhook_status": status,
                                   "sent_after_opt_out": after, "crossed_over": crossed,
                                   "second_wrote_after_opt_out": told}

    def _after_opt_outs(self, inbox: List[Any]) -> Any:
        """Messages that were accepted after their recipient's opt-out was taken (none), and opt-outs
        that crossed over to the second organization (none)."""
        entries = self.own_ledger()
        objected: Dict[str, int] = {}
        for reply in inbox:
            if reply["label"] in ("opt_out", "privacy_request") and reply["prospect_id"]:
                objected.setdefault(reply["prospect_id"], reply["received_at_us"])
        second = {reply["prospect_id"] for reply in self.bolt.ws.inbox.list()
                  if reply["label"] in ("opt_out", "privacy_request")}
        after = crossed = 0
        for prospect_id in objected:
            person = self.acme.get(prospect_id)
            if person is None or not person.objected_at_us:
                continue
            provider_ids = self.acme.targets(prospect_id)
            after += sum(1 for e in entries if e["account_id"] == self.acme.account
                         and e["provider_id"] in provider_ids
                         and e["at_us"] > person.objected_at_us)
            other = self.bolt.find(person.linkedin)
            crossed += bool(other and other.objected_at_us and other.id not in second)
        self.verdicts.judge(
            "opt_outs", not after, f"{len(objected)} people opted out; messages to them "
            f"afterwards, on any campaign of {self.acme.name}: {after}.")
        self.verdicts.judge("opt_outs_apart", not crossed,
                            f"Opt-outs that crossed over to {self.bolt.name}: {crossed}.")
        return after, crossed

    def _tell_objector(self) -> Any:
        """The one person of whom both organizations' sides are told; None when there is nobody."""
        seq = self.memory.get("objector")
        entry = next((e for e in self.own_ledger() if e["seq"] == seq), None)
        if entry is None:
            return None
        name = entry.get("public_identifier") or entry["provider_id"]
        mine, other = (team.find(name) for team in self.teams)
        if mine is None or not mine.objected_at_us:
            return None
        self.screen.say(f"{mine.first_name} {mine.last_name} wrote \"{offer.OPT_OUT_REPLY}\" to "
                        f"{self.acme.name}: objected {show(mine.objected_at_us)}, nothing since.")
        wrote = [e for e in self.own_ledger() if e["account_id"] == self.bolt.account
                 and e["provider_id"] == entry["provider_id"]
                 and e["at_us"] > mine.objected_at_us]
        if other is not None:
            self.screen.say(
                f"At {self.bolt.name} the same person "
                + ("has not objected" if not other.objected_at_us else "objected on their own")
                + (f" and was invited {show(wrote[0]['at_us'])}." if wrote else "."))
        return len(wrote)
