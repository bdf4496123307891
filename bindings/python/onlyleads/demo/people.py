"""The organizations of the story and the people they share: founding, relating, handing over."""

import csv
import os
from pathlib import Path
from typing import Any, Dict, List, Optional, Set, Tuple
from urllib.parse import unquote

from .. import Error
from . import DemoError, imports, offer
from .world import API_KEY

HANDED_OVER = 10
SECOND_FILE = "second-organization.csv"


class Team:
    """An organization with its member's sender."""

    def __init__(self, ws: Any, plan: Dict[str, Any], account: str, sender_id: str) -> None:
        self.ws = ws
        self.name = plan["name"]
        self.member = plan["member"]
        self.account = account
        self.sender_id = sender_id

    def get(self, prospect_id: str) -> Optional[Any]:
        """The person, None when they were erased."""
        try:
            return self.ws.prospects.get(prospect_id)
        except Error as error:
            if error.code == "OL_NOT_FOUND":
                return None
            raise

    def find(self, linkedin: str) -> Optional[Any]:
        """The person with a LinkedIn identifier in any form; None also for what is no identifier."""
        try:
            return self.ws.prospects.find(linkedin=linkedin)
        except Error as error:
            if error.callers_fault:
                return None
            raise

    def describe(self, prospect_id: str) -> Tuple[str, str]:
        person = self.get(prospect_id)
        if person is None:
            return "(erased)", ""
        return f"{person.first_name} {person.last_name}".strip(), person.title

    def targets(self, prospect_id: str) -> Set[str]:
        """Whom the provider was asked to write to for this person."""
        return {m["target"] for m in self.ws.outbox.list() if m["prospect_id"] == prospect_id}


def found_teams(engine: Any, world: Any, memory: Any) -> List[Team]:
    """Both organizations, found again when they exist."""
    suffix = memory.once("accounts", lambda: _free_suffix(world))
    teams = []
    for plan in offer.ORGANIZATIONS:
        account = plan["account"] + suffix
        world.put_account(account, plan["provider_id"] + suffix, plan["member"])
        ws = engine.create_organization(plan["name"], country=plan["country"],
                                        external_ref=plan["ref"])
        teams.append(Team(ws, plan, account, _sender(ws, world, plan, account)))
    return teams


def _free_suffix(world: Any) -> str:
    """A sandbox that others used before keeps its ledger: take accounts that wrote nothing yet."""
    used = {entry["account_id"] for entry in world.ledger()}
    number = 1
    while any(plan["account"] + _suffix(number) in used for plan in offer.ORGANIZATIONS):
        number += 1
    return _suffix(number)


def _suffix(number: int) -> str:
    return "" if number == 1 else f"-{number}"


def _sender(ws: Any, world: Any, plan: Dict[str, Any], account: str) -> str:
    for sender in ws.senders.list():
        if sender["account_id"] == account:
            if sender["base_url"].rstrip("/") != world.url:
                raise DemoError(f"the senders of this database are connected at {sender['base_url']}: "
                                f"start the sandbox there, not at {world.url}")
            return str(sender["sender_id"])
    member_id = ws.members.add(plan["member"], plan["email"])
    return str(ws.senders.connect(member_id, account, world.url, API_KEY, offer.WEBHOOK_SECRET,
                                  name=plan["member"], **plan["limits"]))


def public_identifier(person: Any) -> str:
    """The part of a profile URL after /in/, as the provider writes it."""
    return unquote(person.linkedin.rstrip("/").rsplit("/", 1)[-1]) if person.linkedin else ""


def _sandbox_person(person: Any, account: str, connected: bool) -> Dict[str, Any]:
    entry: Dict[str, Any] = {"name": f"{person.first_name} {person.last_name}".strip()}
    if person.linkedin:
        entry["public_identifier"] = public_identifier(person)
    if person.member_id:
        entry["provider_id"] = person.member_id
    if connected:
        entry["connected_to"] = [account]
    return entry


def relate(team: Team, world: Any, paths: List[Path]) -> int:
    """Tells the library and the sandbox who is connected already: everybody in an export of
    connections who has a LinkedIn identifier."""
    related: Dict[str, Any] = {}
    for path in paths:
        for identifier in imports.connections(path):
            person = team.ws.prospects.find(**identifier)
            if person is not None and (person.linkedin or person.member_id):
                related[person.id] = person
    world.put_people([_sandbox_person(p, team.account, True) for p in related.values()])
    for prospect_id in related:
        team.ws.relations.add(team.sender_id, prospect_id)
    return len(related)


def known_to_world(team: Team, world: Any, prospect_ids: List[str]) -> int:
    """The sandbox makes up whom it does not know; these have names and ids of their own."""
    people = [person for person in map(team.get, prospect_ids) if person is not None]
    world.put_people([_sandbox_person(person, team.account, False) for person in people
                      if person.linkedin or person.member_id])
    return len(people)


def hand_over(story: Any) -> int:
    """Gives the second organization a list of its own with some of the same people, and a campaign
    that invites them. How many people it has."""
    path = story.options.out / SECOND_FILE
    ws, memory = story.bolt.ws, story.memory
    memory.once("second file", lambda: _write_second_file(story, path))
    report = imports.import_once(ws, memory, "import " + SECOND_FILE, path)
    if report.get("error"):
        return 0
    campaign = ws.campaigns.create(offer.bolt_campaign(story.bolt.sender_id), "demo-hello")
    memory.once("second enrollment", lambda: len(ws.campaigns.enroll(
        campaign, [person.id for person in ws.prospects.list()])))
    return int(memory.once("second people", ws.prospects.count))


def _write_second_file(story: Any, path: Path) -> int:
    """Half of them connected to the first organization (they get messages soon), half not."""
    chosen: Dict[bool, List[Any]] = {True: [], False: []}
    for row in story.acme.ws.campaigns.enrollments(story.campaign_id):
        if row["state"] == "refused":
            continue
        person = story.acme.get(row["prospect_id"])
        side = chosen[row["step"] > 0]
        if person is not None and person.linkedin and len(side) < HANDED_OVER // 2:
            side.append(person)
    new = path.with_name(path.name + ".new")
    with open(new, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["First Name", "Last Name", "Company", "Title", "LinkedIn URL", "Country"])
        for person in chosen[True] + chosen[False]:
            writer.writerow([person.first_name, person.last_name, person.company, person.title,
                             person.linkedin, person.country])
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)
    return len(chosen[True]) + len(chosen[False])
