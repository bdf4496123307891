"""The page: facts in, one HTML document out. Pure; no script, no address of anything outside.

Headings go down by one level, landmarks name the parts, every drawing has a name, a description and
its numbers in a table. A part without data says so in a sentence.
"""

from collections import Counter
from itertools import groupby
from typing import Any, List, Set, Tuple

from . import charts, words
from .charts import Bar, Column
from .collect import MOST_SCORES, Event, Facts, Person, Sender, Series, at
from .html import Html, el, join, name, void
from .style import CSS

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
PARTS = (("funnel", "Funnel"), ("scores", "Scores"), ("sending", "Sending and limits"),
         ("refusals", "Refusals"), ("person", "One person"), ("audit", "Audit"))


def count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def share(part: int, whole: int, of: str) -> str:
    return f"{100 * part / whole:.0f}% of {of}" if whole else ""


def day(us: int) -> str:
    return at(us).strftime("%-d %B %Y")


def section(key: str, title: str, *children: Any) -> Html:
    return el("section", el("h2", title, id=f"{key}-heading"), *children, id=key,
              aria_labelledby=f"{key}-heading")


def funnel(facts: Facts) -> Html:
    imported = facts.people + facts.erased
    rows = [
        Bar("Imported", imported, f"{facts.erased:,} erased since" if facts.erased else ""),
        Bar("Scored", len(facts.scores), share(len(facts.scores), facts.people, "those on file")),
        Bar("Offered to a campaign", len(facts.offered),
            share(len(facts.offered), imported, "those imported")),
        Bar("Allowed by a recorded decision", len(facts.allowed),
            share(len(facts.allowed), len(facts.offered), "those offered")),
        Bar("Written to", len(facts.written),
            share(len(facts.written), len(facts.allowed), "those allowed")),
        Bar("Accepted the invitation", len(facts.accepted),
            share(len(facts.accepted), len(facts.invited), f"{len(facts.invited):,} invited")),
        Bar("Replied", len(facts.replied),
            share(len(facts.replied), len(facts.written), "those written to"))]
    if not imported and not facts.offered:
        return section("funnel", "Funnel", el("p", "Nobody has been imported yet."))
    told = ", ".join(f"{row.label.lower()} {row.value:,}" for row in rows)
    said = [f"{count(facts.objected, 'person', 'people')} objected and {facts.erased:,} "
            f"{'was' if facts.erased == 1 else 'were'} erased: nothing is sent to them any more."
            if facts.objected or facts.erased else "Nobody objected and nobody was erased."]
    if facts.labels:
        said.append(f"{count(sum(facts.labels.values()), 'reply', 'replies')}: " + ", ".join(
            f"{number:,} {words.LABELS.get(label, label)}"
            for label, number in facts.labels.most_common()) + ".")
    return section(
        "funnel", "Funnel", el("p", " ".join(said)),
        charts.figure("People at each stage; bars share one scale.",
                      charts.bars("funnel-chart", "Funnel of people by stage", f"{told}.", rows),
                      charts.table("People at each stage", ["Stage", "People", "Share"],
                                   [[r.label, f"{r.value:,}", r.note] for r in rows], (1,))))


def scores(facts: Facts) -> Html:
    if not facts.scores:
        return section("scores", "Scores", el("p", "Nobody has been scored yet."))
    bins = charts.bins(facts.scores)
    middle = sorted(facts.scores)[len(facts.scores) // 2]
    step = max(1, len(bins) // 5)
    shown = [Column(number, f"{low:g}" if i % step == 0 else "")
             for i, (low, _, number) in enumerate(bins)]
    rows = [[f"{low:g} to {high:g}" if i == len(bins) - 1 else f"{low:g} to under {high:g}",
             f"{number:,}"] for i, (low, high, number) in enumerate(bins)]
    whose = f"the best {MOST_SCORES:,} people" if len(facts.scores) == MOST_SCORES \
        else count(len(facts.scores), "person", "people")
    return section(
        "scores", "Scores",
        el("p", f"Scores of {whose}, from {min(facts.scores):g} to {max(facts.scores):g}; "
                f"the middle one is {middle:g}."),
        charts.figure(f"People by score; the width of a column is {bins[0][1] - bins[0][0]:g}.",
                      charts.columns("scores-chart", "Distribution of scores",
                                     "; ".join(f"{a}: {b}" for a, b in rows) + ".", shown, tone="c"),
                      charts.table("People by score", ["Score", "People"], rows, (1,))))


def _series(key: str, sender: Sender, series: Series, tone: str) -> Html:
    if not series.total:
        return el("p", f"No {series.kind} were sent.")
    shown = [Column(d.sent, d.date.strftime("%-d %b") if i == 0 or d.date.weekday() == 0
                    and i > 2 else "") for i, d in enumerate(series.days)]
    most = max(d.sent for d in series.days)
    limit = (series.per_day, f"limit {series.per_day:,} a day") if series.per_day else None
    caption = join([
        el("strong", f"{count(series.total, series.kind[:-1])}"),
        f", at most {most:,} on a day (limit {series.per_day:,}) and {series.busiest_week:,} in any "
        f"seven days (limit {series.per_week:,}).",
        f" The latest {len(series.days)} days are drawn." if series.dropped else ""])
    rows = [[d.date.strftime("%a %-d %b %Y"), f"{d.sent:,}", f"{series.per_day:,}"]
            for d in series.days]
    title = f"{series.kind.capitalize()} per day of {sender.name}"
    return charts.figure(caption, charts.columns(
        key, title, f"{series.total} in all, most on one day {most}, limit {series.per_day} a day.",
        shown, limit, tone), charts.table(title, ["Day", "Sent", "Limit"], rows, (1, 2)))


def sending(facts: Facts) -> Html:
    if not facts.senders:
        return section("sending", "Sending and limits", el("p", "No sender is connected yet."))
    parts: List[Any] = []
    open_ = sum(facts.messages[s] for s in ("in_flight", "unknown", "parked"))
    parts.append(el("p", f"{count(facts.messages['sent'], 'message')} sent, invitations included; "
                         f"{facts.messages['queued']:,} queued, {open_:,} with an open outcome, "
                         f"{facts.messages['cancelled']:,} cancelled before they left."))
    for number, sender in enumerate(facts.senders):
        state = "" if sender.state == "active" else f", now {sender.state}"
        parts.append(el("h3", name(sender.name)))
        parts.append(el("p", f"Days in {sender.zone}{state}. Limits are rolling windows, so a day "
                             "never exceeds them.", class_="soft small"))
        for series, tone in zip(sender.series, "ab"):
            parts.append(_series(f"sends-{number}-{series.kind}", sender, series, tone))
    return section("sending", "Sending and limits", *parts)


def refusals(facts: Facts) -> Html:
    if not facts.refused:
        return section("refusals", "Refusals", el("p", "Nobody was refused."))
    ranked = sorted(facts.refused.items(), key=lambda item: (-item[1], item[0]))
    rows, explained = [], []
    total = sum(facts.refused.values())
    for code, number in ranked:
        told = words.meaning(code)
        rows.append(Bar(told.label, number, share(number, total, "refusals")))
        source = el("span", f"Source: {told.source}", class_="source") if told.law else ""
        explained.append(el("div", el("dt", told.label, el("code", code)),
                            el("dd", told.text, source)))
    drawing = charts.bars("refusals-chart", "Refusals by reason",
                          ", ".join(f"{r.label} {r.value}" for r in rows) + ".", rows, "b")
    table = charts.table("Refusals by reason", ["Reason", "Refusals"],
                         [[join([words.meaning(code).label, " ", el("code", code)]), f"{number:,}"]
                          for code, number in ranked], (1,))
    return section(
        "refusals", "Refusals",
        el("p", f"{count(total, 'offer')} ended in a refusal. A refusal is recorded with its reason "
                "and nothing was sent after it."),
        charts.figure("Offers that were refused, by reason.", drawing, table),
        el("h3", "What the reasons mean"), el("dl", *explained, class_="reasons"))


def _decision(row: Any, explained: Set[str]) -> Tuple[str, Html]:
    """A reason is explained where it comes up first; after that its label is enough."""
    told = words.meaning(row["reason"])
    verdict = "Allowed" if row["allowed"] else "Refused"
    basis = words.BASES.get(row["lawful_basis"], row["lawful_basis"]) or "none"
    why = f"{told.label}." if row["reason"] in explained else told.text
    law = f" · source: {told.source}" if told.law else ""
    explained.add(row["reason"])
    return ("allowed" if row["allowed"] else "refused", join([
        el("p", el("strong", verdict), f" {words.STAGES.get(row['stage'], row['stage'])}: "
           f"{words.CHANNELS.get(row['channel'], row['channel'])}, step {row['step'] + 1}. {why}"),
        el("p", el("code", row["reason"]), f" · stage {row['stage']} · basis: {basis} · profile "
           f"{row['profile']} · policy pack {row['pack_version']}{law}", class_="why")]))


def _message(row: Any) -> Tuple[str, Html]:
    state = row["verb"].partition(".")[2]
    outcome = row["detail"].get("outcome", "")
    what = f"{words.CHANNELS.get(row['channel'], row['channel'])}, step {row['step'] + 1}"
    said = {"sent": "Sent", "queued": "Queued again", "unknown": "Outcome unknown, the provider is "
            "asked before anything is repeated", "cancelled": "Cancelled before it left",
            "cancel": "Cancelled by a member", "not_sent": "Not sent",
            "parked": "Waits for a person to decide"}.get(state, state)
    why = el("p", el("code", outcome), class_="why") if outcome and outcome != state else ""
    return ("sent" if state == "sent" else "",
            join([el("p", el("strong", said), ": ", what, "."), why]))


FACTS = {"relation.add": ("", "Connected on LinkedIn", ""),
         "prospect.object": ("stop", "Objected", " From here on no message can leave, on any channel "
                             "or campaign of this organization.")}


def _event(event: Event, person: Person, explained: Set[str]) -> Html:
    if event.kind == "decision":
        tone, body = _decision(event.row, explained)
    elif event.kind == "message":
        tone, body = _message(event.row)
    elif event.kind == "reply":
        label = words.LABELS.get(event.row["label"], event.row["label"])
        tone, body = "came", join([el("p", el("strong", "Replied"), f", read as: {label}."),
                                   el("blockquote", event.row["body"], dir="auto")])
    elif event.row["verb"] == "obtained":
        basis = words.BASES.get(person.prospect.lawful_basis, person.prospect.lawful_basis)
        tone, body = "", el("p", el("strong", "Data obtained"), " from ",
                            name(person.prospect.source), f". Basis: {basis}.")
    else:
        tone, said, then = FACTS.get(event.row["verb"], ("", event.row["verb"], ""))
        by = "a member" if event.row["actor"] == "member" else "the system"
        body = el("p", el("strong", said), f", recorded by {by}.{then}")
    moment = at(event.at_us)
    stamp = el("time", moment.strftime("%H:%M"), datetime=moment.strftime("%Y-%m-%dT%H:%M:%SZ"))
    return el("li", stamp, el("div", body), class_=tone or None)


def person(facts: Facts) -> Html:
    told = facts.person
    if told is None:
        return section("person", "One person", el("p", "No decision on anybody has been recorded "
                                                       "yet, so there is nothing to tell."))
    who = told.prospect
    full = f"{who.first_name} {who.last_name}".strip() or "(no name)"
    about = [("Person", name(full)), ("Title", name(who.title or "not known")),
             ("Company", name(who.company or "not known")), ("Country", who.country or "not known"),
             ("Recipient", who.recipient_type.replace("_", " ")),
             ("Score", f"{told.score['score']:g}" if told.score else "not scored")]
    parts: List[Any] = [
        el("p", "Everything that was decided about this person, in UTC, with the reason for each "
                "decision. No other part of the page names a recipient."),
        el("dl", *[el("div", el("dt", key), el("dd", value)) for key, value in about],
           class_="facts")]
    explained: Set[str] = set()
    for _, group in groupby(told.events, key=lambda e: at(e.at_us).date()):
        events = list(group)
        parts.append(el("h3", at(events[0].at_us).strftime("%A, %-d %B %Y")))
        parts.append(el("ol", *[_event(e, told, explained) for e in events], class_="timeline"))
    left = ", ".join(f"{who_} for {purpose.replace('_', ' ')} ({times})"
                     for (who_, purpose), times in sorted(told.disclosures.items()))
    parts.append(el("h3", "What left"))
    parts.append(el("p", f"Disclosed to: {left}." if left else "Nothing about this person left."))
    return section("person", "One person, every decision", *parts)


def verdict(facts: Facts) -> Html:
    report = facts.audit
    if report.intact:
        return el("p", el("b", "The audit is whole."), f" {count(report.sealed, 'entry', 'entries')} "
                  "sealed, every chain recomputed.", class_="verdict good")
    where = "the installation's own chain" if not report.first_bad_org else "an organization's chain"
    return el("p", el("b", "The audit is damaged:"), f" {words.PROBLEMS.get(report.problem, report.problem)}"
              f", first at entry {report.first_bad_seq:,} of {where}.", class_="verdict bad")


def audit(facts: Facts) -> Html:
    report = facts.audit
    kinds = Counter(entry["verb"] for entry in facts.entries)
    rows = [[el("code", verb), f"{number:,}"] for verb, number in sorted(kinds.items())]
    late = f" {count(report.overdue, 'entry', 'entries')} waited too long to be sealed." \
        if report.overdue else ""
    listed = el("details", el("summary", "Entries of this organization by kind"),
                charts.table("Audit entries by kind", ["Kind", "Entries"], rows, (1,))) if rows else ""
    return section("audit", "Audit", verdict(facts),
                   el("p", f"{report.unsealed:,} not sealed yet.{late} The chains cover every "
                           "organization of this installation."), listed)


def render(facts: Facts, version: str) -> str:
    organization = facts.organization["name"]
    offered = len(facts.offered)
    lead = (f"{count(offered, 'person was', 'people were')} offered to a campaign. Decisions allowed "
            f"{len(facts.allowed):,} of them; {len(facts.written):,} were written to and "
            f"{len(facts.replied):,} replied.")
    when = f"As of {day(facts.at_us)}, {at(facts.at_us).strftime('%H:%M')} UTC" if facts.at_us \
        else "As of an empty database"
    head = el("head", void("meta", charset="utf-8"),
              void("meta", name="viewport", content="width=device-width, initial-scale=1"),
              void("meta", http_equiv="Content-Security-Policy", content=POLICY),
              void("meta", name="color-scheme", content="light dark"),
              void("meta", name="robots", content="noindex"),
              void("meta", name="referrer", content="no-referrer"),
              el("title", f"Outreach report: {organization}"),
              void("link", rel="icon", href="data:,"), el("style", Html(CSS)))
    body = el("body",
              el("a", "Skip to the report", href="#main", class_="skip"),
              el("header", el("h1", "Outreach report: ", name(organization)),
                 el("p", when, ". ", f"{count(len(facts.campaigns), 'campaign')}, "
                    f"{count(facts.decisions, 'recorded decision')}.", class_="soft"),
                 el("p", lead, class_="lead"), verdict(facts)),
              el("nav", el("ul", *[el("li", el("a", title, href=f"#{key}")) for key, title in PARTS]),
                 aria_label="Parts of the report"),
              el("main", funnel(facts), scores(facts), sending(facts), refusals(facts),
                 person(facts), audit(facts), id="main", tabindex="-1"),
              el("footer", el("p", "For the controller: one part names a person, so keep the page as "
                                   "you keep that person's data. Reasons are software's reading of "
                                   "the policy pack, not legal advice."),
                 el("p", f"Made by onlyleads {version}. The page loads nothing from anywhere.")))
    return "<!DOCTYPE html>\n" + el("html", head, "\n", body, lang="en") + "\n"
