"""The report, looked at in a real browser: small and large, light and dark, and held against the
engine's own lists. The data is made here and holds names that try to be markup."""

import html
import json
import os
import pathlib
import re
import tempfile
import unittest
from collections import Counter
from html.parser import HTMLParser

import browser
import onlyleads as ol
from onlyleads.report import charts, page, words, write_report
from onlyleads.report.html import el
from sandbox import API_KEY, Sandbox

DAY_US = 86_400_000_000
MONDAY_US = 1_795_424_400_000_000  # 2026-11-23 09:00 UTC
HOSTILE = "<script>alert('x')</script>"
PACK = pathlib.Path(os.environ.get("ONLYLEADS_TEST_DATA", "tests/data")).parents[1] \
    / "src/domain/policy/rules.json"
HEADER = "First Name,Last Name,Company,Title,Person Linkedin Url,Email,Country\n"
WIDTHS = (320, 390, 1280)

# Every visible text node with its colour and the colour it stands on.
CONTRAST = """
const rgb = c => { const m = c.match(/[\\d.]+/g).map(Number); return m.length > 3 && m[3] === 0
  ? null : m.slice(0, 3); };
const light = c => { const [r, g, b] = c.map(v => { v /= 255; return v <= 0.04045 ? v / 12.92
  : Math.pow((v + 0.055) / 1.055, 2.4); }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const out = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node; node = walker.nextNode();) {
  const owner = node.parentElement;
  if (!node.data.trim() || !owner.checkVisibility() || owner.closest('title, desc')) continue;
  const style = getComputedStyle(owner);
  const ink = rgb(owner.closest('svg') ? style.fill : style.color);
  let ground = null;
  for (let up = owner; up && !ground; up = up.parentElement)
    ground = rgb(getComputedStyle(up).backgroundColor);
  const [a, b] = [light(ink), light(ground)].sort((x, y) => y - x);
  out.push([node.data.trim().slice(0, 40), (a + 0.05) / (b + 0.05)]);
}
return out;
"""
BARS = """
const out = [];
for (const bar of document.querySelectorAll('svg .bar, svg .limit')) {
  const style = getComputedStyle(bar), line = bar.classList.contains('limit');
  out.push([line ? style.stroke : style.fill,
            getComputedStyle(bar.closest('section')).backgroundColor]);
}
return out;
"""


def luminance(colour: str) -> float:
    parts = [int(v) / 255 for v in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


class Outline(HTMLParser):
    """What a screen reader finds: headings, landmarks, drawings, and everything with an address."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.headings, self.tags, self.addresses, self.ids = [], Counter(), [], []
        self.drawings, self.labelled = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags[tag] += 1
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "svg":
            self.drawings.append(given)
        if "id" in given:
            self.ids.append(given["id"])
        for key in ("aria-labelledby", "aria-describedby"):
            self.labelled += given.get(key, "").split()
        self.addresses += [given[key] for key in ("src", "href", "action") if given.get(key)]


class World:
    """An organization with people of three countries, a week of sending and an objection."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.now_us = MONDAY_US
        self.sandbox = Sandbox(folder / "sandbox", self.now_us, "acc-1")
        self.engine = ol.open(folder / "leads.db", clock=lambda: self.now_us, profile="balanced")
        self.ws = self.engine.create_organization("Müller & Söhne <b>")
        rows = [f"Ann{n},Person,Firm {n},CEO,https://www.linkedin.com/in/ann-{n},a{n}@firm.example,"
                f"{'GB' if n < 12 else 'Germany' if n < 18 else ''}\n" for n in range(20)]
        rows.append(f"{HOSTILE},\u202eOverride,\"A & \"\"B\"\" <img src=x onerror=alert(1)>\",CTO,"
                    "https://www.linkedin.com/in/hostile,h@firm.example,GB\n")
        (folder / "people.csv").write_text(HEADER + "".join(rows), encoding="utf-8")
        self.ws.prospects.import_csv(folder / "people.csv", source="Fair <2026>",
                                     lawful_basis="legitimate_interests")
        self.ws.scoring.run({"factors": [{"name": "decides", "field": "title", "points": 40,
                                          "any_of": ["ceo"]}]})
        member = self.ws.members.add("Dana")
        self.sender = self.ws.senders.connect(
            member, "acc-1", self.sandbox.url, API_KEY, "webhook-secret", name="Dana <i>Reed</i>",
            premium=True, min_gap_s=0, invitations_per_day=5, messages_per_day=50)
        self.hostile = self.ws.prospects.find(email="h@firm.example")
        self.sandbox.post("people", [{"name": "Hostile", "public_identifier": "hostile",
                                      "connected_to": ["acc-1"]}])
        self.ws.relations.add(self.sender, self.hostile.id)
        notice = ("Ad: Dana of {{organization_name}}, 1 High St, Leeds. Data: a fair. Object, free: "
                  "reply STOP. firm.example/p")
        campaign = self.ws.campaigns.create({
            "name": "Spring", "sender_id": self.sender, "profile": "balanced", "lia_on_file": True,
            "role_related": True, "art14_in_template": True, "content": CONTENT, "steps": [
                {"action": "invitation", "template": notice},
                {"action": "message", "after": "acceptance", "template": notice}]})
        self.ws.campaigns.enroll(campaign, [p.id for p in self.ws.prospects.list()])
        for _ in range(4):
            self.sandbox.post("clock", {"now_us": self.now_us})
            self.engine.run()
            self.now_us += DAY_US
        # Of those invited two accept, and one of these replies.
        targets = {m.prospect_id: m.target for m in self.ws.outbox.list()
                   if m.state == "sent" and m.channel == "linkedin_invite_note"}
        self.accepting = sorted(targets)[:2]
        for one in self.accepting:
            self.webhook({"event": "new_relation", "user_provider_id": targets[one]})
        them, us = ({"attendee_provider_id": who} for who in (targets[self.accepting[0]], "ACoAA-acc-1"))
        self.webhook({"event": "message_received", "chat_id": "c", "message_id": "m", "sender": them,
                      "message": "Tell me more, please.", "is_sender": False, "attendees": [us, them],
                      "account_info": {"type": "LINKEDIN", "user_id": "ACoAA-acc-1"}})
        self.ws.prospects.object(self.hostile.id)
        self.ws.prospects.erase(self.ws.prospects.find(email="a3@firm.example").id)
        self.engine.run()

    def webhook(self, event: dict) -> None:
        self.engine.inbox.ingest("unipile", {"unipile-auth": "webhook-secret"},
                                 json.dumps({"account_id": "acc-1", **event}))

    def close(self) -> None:
        self.engine.close()
        self.sandbox.stop()


CONTENT = ["truthful_headers", "truthful_subject", "sender_identity", "on_whose_behalf",
           "postal_address", "one_of_phone_email_web", "sender_contact", "contact_for_opt_out",
           "opt_out_free_easy", "recognisable_as_commercial", "commercial_label",
           "controller_identity", "data_source", "privacy_notice_link", "right_to_object"]


def setUpModule() -> None:
    global world, folder, held, facts, path, text
    if not os.environ.get("ONLYLEADS_SANDBOX"):
        raise unittest.SkipTest("needs the sandbox: set ONLYLEADS_SANDBOX")
    held = tempfile.TemporaryDirectory()
    folder = pathlib.Path(held.name)
    world = World(folder)
    path = folder / "report.html"
    facts = write_report(world.engine, path)
    text = path.read_text(encoding="utf-8")


def tearDownModule() -> None:
    if "world" in globals():
        world.close()
        held.cleanup()


class Reading(unittest.TestCase):
    def shows(self, part: str, whole: str = "") -> None:
        """assertIn, without printing the page."""
        self.assertTrue(part in (whole or text), f"the page does not hold {part}")


class Numbers(Reading):
    def test_they_are_those_of_the_engines_lists(self) -> None:
        ws = world.ws
        outbox = list(ws.outbox.list())
        sent = [m for m in outbox if m.state == "sent"]
        campaign = ws.campaigns.list()[0].campaign_id
        enrollments = list(ws.campaigns.enrollments(campaign))
        refused = Counter(e.reason for e in enrollments if e.state == "refused")
        self.assertGreater(len(sent), 6)
        self.assertEqual(facts.people, ws.prospects.count())
        self.assertEqual(len(facts.offered), len(enrollments))
        self.assertEqual(facts.refused, refused)
        self.assertEqual(facts.allowed, {e.prospect_id for e in enrollments if any(
            d.allowed for d in ws.decisions.list(e.prospect_id))})
        self.assertLess(len(facts.allowed), len(facts.offered))
        self.assertEqual(facts.written, {m.prospect_id for m in sent})
        self.assertEqual(facts.accepted, set(world.accepting))
        self.assertEqual(facts.replied, {r.prospect_id for r in ws.inbox.list()})
        self.assertEqual(facts.replied, {world.accepting[0]})
        self.assertEqual(facts.scores, [row.score for row in ws.scoring.top(10_000)])
        self.assertEqual(facts.audit, world.engine.audit.verify())
        self.assertEqual(sum(day.sent for series in facts.senders[0].series for day in series.days),
                         len(sent))
        self.assertEqual(facts.senders[0].series[0].per_day, 5)

    def test_the_page_shows_them(self) -> None:
        self.shows(f"{facts.people + facts.erased:,}</text>")
        for code, number in facts.refused.items():
            self.shows(f"{html.escape(words.meaning(code).label)} <code>{code}</code></th>"
                          f"<td class=\"n\">{number:,}</td>")
        for series in facts.senders[0].series:
            for day in series.days if series.total else []:
                self.shows(f"{day.date.strftime('%a %-d %b %Y')}</th><td class=\"n\">"
                              f"{day.sent}</td><td class=\"n\">{series.per_day}</td>")

    def test_no_day_is_above_its_limit(self) -> None:
        invitations = facts.senders[0].series[0]
        self.assertEqual(max(day.sent for day in invitations.days), invitations.per_day)

    def test_the_timeline_tells_every_decision_on_the_person(self) -> None:
        self.assertEqual(facts.person.prospect.id, world.hostile.id)
        decisions = world.ws.decisions.list(world.hostile.id)
        told = [e.row for e in facts.person.events if e.kind == "decision"]
        self.assertEqual(told, decisions)
        self.assertGreaterEqual(len(told), 3)
        part = text[text.index('id="person"'):text.index('id="audit"')]
        for row in decisions:
            self.shows(row.reason, part)
            self.shows(f"stage {row.stage}", part)
        self.shows(f"policy pack {decisions[0].pack_version}", part)
        self.shows("Objected", part)

    def test_nobody_else_is_named(self) -> None:
        for person in world.ws.prospects.list():
            if person.id != world.hostile.id:
                self.assertNotIn(person.first_name + " ", text)
                self.assertNotIn(person.emails[0], text)

    def test_another_person_can_be_chosen(self) -> None:
        other = world.ws.prospects.find(email="a1@firm.example")
        again = write_report(world.engine, folder / "other.html", prospect_id=other.id)
        self.assertEqual(again.person.prospect.id, other.id)
        self.assertNotIn("Override", (folder / "other.html").read_text(encoding="utf-8"))


class Page(Reading):
    def setUp(self) -> None:
        self.outline = Outline(text)

    def test_it_is_complete_in_itself(self) -> None:
        self.assertEqual(self.outline.tags["script"], 0)
        for address in self.outline.addresses:
            self.assertTrue(address.startswith("#") or address == "data:,", address)
        self.assertIsNone(re.search(r"url\(|@import|https?://", text))

    def test_hostile_text_is_text(self) -> None:
        self.shows(html.escape(HOSTILE), text)
        self.assertNotIn("<script", text)
        self.assertEqual(self.outline.tags["img"], 0)
        self.assertNotIn("\u202e", text)
        self.shows("Müller &amp; Söhne &lt;b&gt;", text)

    def test_headings_go_down_by_one(self) -> None:
        levels = self.outline.headings
        self.assertEqual(levels.count(1), 1)
        for before, after in zip([0] + levels, levels):
            self.assertLessEqual(after, before + 1)

    def test_landmarks_and_names_are_there(self) -> None:
        for tag in ("header", "nav", "main", "footer"):
            self.assertEqual(self.outline.tags[tag], 1, tag)
        self.shows('<html lang="en">', text)
        self.shows('href="#main" class="skip"', text)
        self.assertEqual(len(self.outline.ids), len(set(self.outline.ids)))
        self.assertEqual(set(self.outline.labelled) - set(self.outline.ids), set())

    def test_every_drawing_is_named_and_stands_in_a_figure_with_its_table(self) -> None:
        self.assertGreaterEqual(len(self.outline.drawings), 4)
        for drawing in self.outline.drawings:
            self.assertEqual(drawing["role"], "img")
            self.assertTrue(drawing["aria-labelledby"] and drawing["aria-describedby"])
        figures = re.findall("<figure>.*?</figure>", text, re.S)
        self.assertEqual(len(figures), len(self.outline.drawings))
        for figure in figures:
            self.assertIn("<figcaption>", figure)
            self.assertIn("<caption>", figure)

    def test_only_the_owner_may_read_the_file(self) -> None:
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)


class Words(unittest.TestCase):
    def test_every_reason_of_the_pack_is_explained_with_its_law(self) -> None:
        pack = json.loads(PACK.read_text(encoding="utf-8"))
        for row in pack["reason_codes"]:
            self.assertIn(row["code"], words.REASONS)
            self.assertEqual(words.REASONS[row["code"]].law, row["law"], row["code"])
            self.assertTrue(words.REASONS[row["code"]].text.endswith("."))
        for basis in pack["lawful_bases"]:
            self.assertIn(basis["id"], words.BASES)

    def test_an_unknown_code_is_shown_as_it_is(self) -> None:
        self.assertEqual(words.meaning("DENY_NEW").label, "DENY_NEW")


class Drawing(unittest.TestCase):
    def test_bins_hold_everything_once(self) -> None:
        for values in ([0.0], [5.0, 5.0], [-20, 0, 15, 40, 100], [0.1, 0.25, 0.9], [1e6, 3e6]):
            bins = charts.bins(values)
            self.assertEqual(sum(number for _, _, number in bins), len(values), values)
            self.assertLessEqual(bins[0][0], min(values))
            self.assertGreaterEqual(bins[-1][1], max(values))
            self.assertLessEqual(len(bins), 13)

    def test_text_is_escaped_and_markup_is_not_escaped_twice(self) -> None:
        self.assertEqual(el("p", "<&\"'", el("b", "x"), title='"'),
                         '<p title="&quot;">&lt;&amp;&quot;&#x27;<b>x</b></p>')


class Empty(unittest.TestCase):
    def test_a_new_organization_is_told_in_words(self) -> None:
        with tempfile.TemporaryDirectory() as empty:
            with ol.open(os.path.join(empty, "leads.db")) as engine:
                with self.assertRaises(ol.Error):
                    write_report(engine, os.path.join(empty, "none.html"))
                engine.create_organization("New")
                write_report(engine, os.path.join(empty, "new.html"))
                told = pathlib.Path(empty, "new.html").read_text(encoding="utf-8")
        self.assertEqual(told.count("<svg"), 0)
        for words_ in ("Nobody has been imported yet", "Nobody has been scored yet",
                       "No sender is connected yet", "Nobody was refused", "nothing to tell"):
            self.assertIn(words_, told)


class InTheBrowser(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        if browser.missing():
            raise unittest.SkipTest(f"not installed: {' '.join(browser.missing())}")
        cls.browser = browser.Browser(folder)
        cls.addClassCleanup(cls.browser.close)

    def views(self):
        for width in WIDTHS:
            for scheme in ("light", "dark"):
                self.browser.show(width, scheme)
                self.browser.open(path.as_uri())
                self.browser.run("document.querySelectorAll('details').forEach("
                                 "d => { d.open = true; })")
                yield width, scheme

    def test_nothing_is_wider_than_the_window(self) -> None:
        for width, scheme in self.views():
            self.assertEqual(self.browser.run("return innerWidth"), width)
            self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth"),
                                 width, scheme)
            cut = self.browser.run(
                "return [...document.querySelectorAll('svg text')].filter(t => { const a = "
                "t.getBoundingClientRect(), b = t.closest('svg').getBoundingClientRect(); return "
                "a.width && (a.left < b.left - 1 || a.right > b.right + 1 || a.top < b.top - 1 || "
                "a.bottom > b.bottom + 1); }).map(t => t.textContent)")
            self.assertEqual(cut, [], (width, scheme))

    def test_all_text_has_contrast(self) -> None:
        for view in self.views():
            seen = self.browser.run(CONTRAST)
            self.assertGreater(len(seen), 100)
            self.assertEqual([pair for pair in seen if pair[1] < 4.5], [], view)

    def test_bars_and_limits_stand_out(self) -> None:
        for _ in self.views():
            for ink, ground in self.browser.run(BARS):
                high, low = sorted((luminance(ink), luminance(ground)), reverse=True)
                self.assertGreaterEqual((high + 0.05) / (low + 0.05), 3.0, ink)

    def test_dark_is_dark(self) -> None:
        script = "return getComputedStyle(document.body).backgroundColor"
        grounds = {scheme: luminance(self.browser.run(script)) for _, scheme in self.views()}
        self.assertGreater(grounds["light"], 0.8)
        self.assertLess(grounds["dark"], 0.05)

    def test_it_asks_for_nothing_and_complains_of_nothing(self) -> None:
        self.browser.requests(), self.browser.log("browser")
        for _ in self.views():
            pass
        outside = {url for url in self.browser.requests() if not url.startswith("data:")}
        self.assertEqual(outside, {path.as_uri()})
        self.assertEqual(self.browser.log("browser"), [])

    def test_every_drawing_has_its_name_in_the_accessibility_tree(self) -> None:
        self.browser.show(390, "light")
        self.browser.open(path.as_uri())
        nodes = self.browser.devtools("Accessibility.getFullAXTree")["nodes"]
        images = [n for n in nodes if not n.get("ignored")
                  and n.get("role", {}).get("value") in ("image", "img")]
        self.assertEqual(len(images), text.count("<svg"))
        for image in images:
            self.assertTrue(image["name"]["value"])
            self.assertTrue(image["description"]["value"])

    def test_it_reads_on_a_phone_without_zooming(self) -> None:
        for width, _ in self.views():
            small = self.browser.run("return Math.min(...[...document.querySelectorAll('p, td, th, "
                                     "dd, dt, text, tspan, summary, code')].map(e => parseFloat("
                                     "getComputedStyle(e).fontSize)))")
            self.assertGreaterEqual(small, 12.5, width)


if __name__ == "__main__":
    unittest.main()
