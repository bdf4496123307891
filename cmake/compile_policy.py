"""Turns the policy pack (JSON) into constexpr C++ tables.

Usage: compile_policy.py RULES_JSON OUTPUT_HEADER

Every field that can change a decision must be known here: an unknown key, value or shape stops the
build, because a rule that is silently skipped would let a message out. Free text (law, notes,
sources) is not compiled. Standard library only.
"""

import hashlib
import json
import re
import sys

STEPS = [
    ("rights response allowed first", "RightsResponse"),
    ("under-18", "Under18"),
    ("erasure tombstone", "ErasureTombstone"),
    ("restriction", "Restriction"),
    ("legal-hold-only", "LegalHoldOnly"),
    ("retention expired", "RetentionExpired"),
    ("special category", "SpecialCategory"),
    ("processor contract, instructions, sub-processor, transfer", "ProcessorContract"),
    ("service message (promotion check)", "ServiceMessage"),
    ("objection, then suppression", "Objection"),
    ("in-app notice", "InAppNotice"),
    ("consent request ban", "ConsentRequestBan"),
    ("tracking pixel", "TrackingPixel"),
    ("consent validity (withdrawn, expired, unproven, stale notice, scope)", "ConsentValidity"),
    ("jurisdiction x channel x recipient regime", "Regime"),
    ("LIA", "Lia"),
    ("Art 14 (overdue, then missing)", "Art14"),
    ("message content", "MessageContent"),
    ("allow", "Allow"),
]
REGIMES = ["OPT_IN", "OPT_OUT", "OPT_OUT_ROLE", "OPT_OUT_REGISTER", "OPT_OUT_MANUAL",
           "IMPLIED_CONSENT", "INFERRED_CONSENT"]
CHANNELS = ["email", "linkedin_message", "linkedin_inmail", "linkedin_invite_note",
            "marketing_email", "service_email", "in_app_banner"]
GROUPS = ["email", "linkedin_dm", "linkedin_invite", "service", "in_app"]
RECIPIENTS = ["corporate_named", "corporate_generic", "sole_trader", "individual", "unknown"]
CELLS = ["email_corporate_named", "email_corporate_generic", "email_sole_trader",
         "email_individual", "linkedin_dm", "linkedin_invite_promotional"]
PROFILES = ["strict", "balanced"]
CONTENT_EXTRA = "ART14_FIRST_CONTACT"
JURISDICTION_REQUIRED = {"code", "name", "law", "cells", "soft_opt_in", "confidence", "sources",
                         "notes", "content", "optout_deadline"}
JURISDICTION_OPTIONAL = {"linkedin_position", "consent_request_is_marketing", "exceptions",
                         "registers", "implied_windows", "invite_nonpromotional"}
SOFT_KEYS = {"available", "conditions", "note", "includes_negotiations", "register", "channels",
             "persons", "window_months", "group_companies"}
SOFT_CONDITIONS = [
    "details obtained from the customer in the context of a sale (or negotiations for one in GB)",
    "own similar products or services",
    "free, easy refusal offered at collection",
    "and again in every message",
    "not refused since",
]
# An exception that counts as the regime's own consent, and the regime that it must stand under.
SOFT_MODELS = {
    "modelled as existing business relationship": "IMPLIED_CONSENT",
    "modelled as inferred consent from existing relationship": "INFERRED_CONSENT",
}
# Remarks on a soft opt-in that carry no rule a machine can apply.
SOFT_REMARKS = {
    "no statutory customer exception identified", "not verified",
    "amendment effective end of 2025 puts a time limit on the customer exception",
    "general opt-in, no soft opt-in identified", "not needed, opt-out regime", "not relied on",
}
DEFAULT_BOOLS = ["automated", "promotional", "role_related", "objected", "suppressed",
                 "erased_tombstone", "restricted", "legal_hold_only", "retention_expired",
                 "dpa_active", "within_instructions", "subprocessor_ok", "transfer_ok",
                 "special_category", "register_listed", "lia_ok", "art14_given",
                 "art14_in_message", "tracking_pixel", "pixel_consent"]
DEFAULT_NULLS = ["consent", "soft_opt_in", "implied", "published"]
DEFAULT_OTHERS = ["profile", "as_of", "action", "kind", "channel", "recipient_country",
                  "recipient_type", "sender_country", "age", "days_since_obtained",
                  "content_present", "purpose", "controller"]
# The pack's top-level members; those after the first line are read by other capabilities.
TOP_LEVEL = {"meta", "sources", "reason_codes", "regimes", "channels", "recipient_types",
             "conflict_rule", "decision_order", "jurisdictions", "message_content",
             "lawful_bases", "purposes", "scenario_defaults", "clarifications", "actions",
             "opt_out_deadlines", "notice_art13_14", "rights", "dsr", "deadline_vectors",
             "retention", "records", "transfers", "cookies", "children", "interop", "scenarios",
             "owner_decisions", "not_verified", "holidays"}


def fail(message):
    sys.exit(f"compile_policy: {message}")


def same(what, found, expected):
    found, expected = list(found), list(expected)
    if sorted(found) != sorted(expected):
        unknown = sorted(set(found) - set(expected))
        missing = sorted(set(expected) - set(found))
        fail(f"{what}: unknown {unknown}, missing {missing}")


def known(what, value, allowed):
    if value not in allowed:
        fail(f"{what}: unknown value {value!r}")
    return value


def boolean(what, value):
    if not isinstance(value, bool):
        fail(f"{what}: not a boolean")
    return "true" if value else "false"


def constant(name):
    return "k" + "".join(part.capitalize() for part in re.split(r"[^A-Za-z0-9]+", name) if part)


def quoted(text):
    return json.dumps(text)


def enum(name, ids, doc, names=None):
    """An enum class with its count and its names."""
    labels = names or [constant(i) for i in ids]
    if len(set(labels)) != len(labels):
        fail(f"{name}: two ids give the same constant")
    lines = [f"// {doc}", f"enum class {name} : uint8_t {{"]
    lines += [f"  {label}," for label in labels]
    lines += ["};", f"inline constexpr size_t k{name}Count = {len(ids)};",
              f"inline constexpr std::array<std::string_view, k{name}Count> k{name}Names = {{"]
    lines += [f"    {quoted(i)}," for i in ids]
    lines += ["};", f"constexpr std::string_view Name({name} value) {{",
              f"  return k{name}Names[static_cast<size_t>(value)];", "}", ""]
    return lines


def content_mask(pack, elements, set_id):
    entry = pack["message_content"].get(set_id)
    if entry is None:
        fail(f"content set {set_id!r} is not defined")
    mask = 0
    for element in entry["required"]:
        mask |= 1 << elements.index(element)
    return f"0x{mask:04x}"


def soft_opt_in(code, soft, regimes):
    unknown = set(soft) - SOFT_KEYS
    if unknown:
        fail(f"{code}.soft_opt_in: unknown {sorted(unknown)}")
    note = soft.get("note")
    if note is not None:
        known(f"{code}.soft_opt_in.note", note, set(SOFT_MODELS) | SOFT_REMARKS)
    model = SOFT_MODELS.get(note)
    for regime in SOFT_MODELS.values():
        if (regime in regimes) != (regime == model) or (model == regime and len(regimes) > 1):
            fail(f"{code}.soft_opt_in.note does not fit the regimes of the row")
    if soft["available"] and model is None and soft.get("conditions") != SOFT_CONDITIONS:
        fail(f"{code}.soft_opt_in: unknown conditions")
    if "register" in soft:
        known(f"{code}.soft_opt_in.register", soft["register"], {"RTR ECG list must be checked"})
    if "persons" in soft:
        known(f"{code}.soft_opt_in.persons", soft["persons"], {"natural-person customers only"})
    groups = 0
    for group in soft.get("channels", GROUPS):
        groups |= 1 << GROUPS.index(known(f"{code}.soft_opt_in.channels", group, GROUPS))
    # The general condition names negotiations for GB alone, so the flag is needed elsewhere.
    fields = [
        boolean(code, soft["available"]),
        boolean(code, soft.get("includes_negotiations", False)),
        boolean(code, soft.get("group_companies", True)),
        boolean(code, "register" in soft),
        boolean(code, "persons" in soft),
        f"0x{groups:02x}", str(int(soft.get("window_months", 0))),
    ]
    return "{" + ", ".join(fields) + "}"


def jurisdiction(pack, elements, entry):
    code = entry["code"]
    if not re.fullmatch("[A-Z]{2}", code):
        fail("jurisdiction code is not alpha-2")
    missing = JURISDICTION_REQUIRED - set(entry)
    unknown = set(entry) - JURISDICTION_REQUIRED - JURISDICTION_OPTIONAL
    if missing or unknown:
        fail(f"{code}: unknown {sorted(unknown)}, missing {sorted(missing)}")
    same(f"{code}.cells", entry["cells"], CELLS)
    cells = []
    for cell in CELLS:
        same(f"{code}.{cell}", entry["cells"][cell], PROFILES)
        cells.append("{{" + ", ".join(
            "Regime::" + constant(known(f"{code}.{cell}", entry["cells"][cell][p], REGIMES))
            for p in PROFILES) + "}}")
    exceptions = entry.get("exceptions", [])
    for exception in exceptions:
        known(f"{code}.exceptions", exception, {"DESIGNATED_ADDRESS"})
    # Every invitation is decided as a promotional one, which satisfies this mark.
    known(f"{code}.invite_nonpromotional", entry.get("invite_nonpromotional"),
          {None, "OPT_IN_IF_PURPOSE_IS_MARKETING"})
    known(f"{code}.linkedin_position", entry.get("linkedin_position"),
          {None, "contested", "same role test applied, medium confidence"})
    regimes = {regime for cell in entry["cells"].values() for regime in cell.values()}
    windows = entry.get("implied_windows", {})
    if ("OPT_OUT_REGISTER" in regimes) != bool(entry.get("registers")):
        fail(f"{code}: registers and the register regime do not match")
    if "IMPLIED_CONSENT" in regimes:
        same(f"{code}.implied_windows", windows, ["purchase_or_contract_months", "inquiry_months"])
    elif windows:
        fail(f"{code}: windows without the implied-consent regime")
    known(f"{code}.optout_deadline", entry["optout_deadline"],
          {d["id"] for d in pack["opt_out_deadlines"]})
    banned = boolean(code, entry.get("consent_request_is_marketing", False))
    return "\n".join([
        f"    {{{quoted(code)},",
        "     {{" + ",\n       ".join(cells) + "}},",
        f"     {soft_opt_in(code, entry['soft_opt_in'], regimes)},",
        f"     {banned}, {boolean(code, bool(exceptions))},",
        f"     {int(windows.get('purchase_or_contract_months', 0))},"
        f" {int(windows.get('inquiry_months', 0))},",
        f"     {content_mask(pack, elements, entry['content'])}}},",
    ])


TYPES = """
struct SoftOptInRule {
  bool available;
  bool includes_negotiations;  // negotiations are enough; elsewhere there must have been a sale
  bool group_companies;        // details may come from a company of the same group
  bool register_checked;       // a national opt-out list must be checked as well
  bool natural_persons_only;
  uint8_t channel_groups;  // bit per ChannelGroup
  int window_months;       // 0: no limit
};

struct Jurisdiction {
  std::string_view code;
  std::array<std::array<Regime, kProfileCount>, kCellCount> cells;
  SoftOptInRule soft_opt_in;
  bool consent_request_is_marketing;
  bool designated_address_exempt;  // an address published and designated for such messages
  int purchase_or_contract_months;
  int inquiry_months;
  ContentMask content;
};
"""


def defaults(pack, elements):
    values = pack["scenario_defaults"]
    same("scenario_defaults", values, DEFAULT_BOOLS + DEFAULT_NULLS + DEFAULT_OTHERS)
    for key in DEFAULT_NULLS:
        if values[key] is not None:
            fail(f"scenario_defaults.{key}: only null is known")
    known("scenario_defaults.action", values["action"], {"send"})
    known("scenario_defaults.kind", values["kind"], {"outreach"})
    known("scenario_defaults.age", values["age"], {"adult_or_unknown"})
    year, month, day = map(int, values["as_of"].split("-"))
    mask = 0
    for element in values["content_present"]:
        mask |= 1 << elements.index(known("scenario_defaults.content_present", element, elements))
    lines = ["// What a fact is when nobody states it.", "namespace defaults {"]
    lines += [f"inline constexpr bool {constant(k)} = {boolean(k, values[k])};"
              for k in DEFAULT_BOOLS]
    lines += [
        f"inline constexpr Profile kProfile = Profile::{constant(values['profile'])};",
        f"inline constexpr Channel kChannel = Channel::{constant(values['channel'])};",
        "inline constexpr RecipientType kRecipientType = RecipientType::"
        f"{constant(values['recipient_type'])};",
        f"inline constexpr std::string_view kRecipientCountry = "
        f"{quoted(values['recipient_country'])};",
        f"inline constexpr std::string_view kSenderCountry = {quoted(values['sender_country'])};",
        f"inline constexpr std::string_view kPurpose = {quoted(values['purpose'])};",
        f"inline constexpr std::string_view kController = {quoted(values['controller'])};",
        f"inline constexpr int kDaysSinceObtained = {int(values['days_since_obtained'])};",
        f"inline constexpr int kAsOf[3] = {{{year}, {month}, {day}}};",
        f"inline constexpr ContentMask kContentPresent = 0x{mask:04x};",
        "}  // namespace defaults", "",
    ]
    return lines


def compile_pack(raw):
    pack = json.loads(raw)
    same("top level", pack, TOP_LEVEL)
    same("profiles", pack["meta"]["profiles"], PROFILES)
    same("regimes", pack["regimes"], REGIMES)
    same("channels", pack["channels"], CHANNELS)
    same("recipient_types", pack["recipient_types"], RECIPIENTS)
    if pack["recipient_types"]["unknown"] != "treat as individual":
        fail("recipient_types.unknown: rule changed")
    if pack["decision_order"] != [name for name, _ in STEPS]:
        fail("decision_order differs from the steps that are built")
    if len(pack["clarifications"]) != 7:
        fail("clarifications changed; read them and adapt the decision")
    elements = []
    for set_id, entry in pack["message_content"].items():
        for element in entry["required"]:
            if element not in elements:
                elements.append(element)
    if len(elements) > 16:
        fail("more content elements than the mask holds")
    reasons = [r["code"] for r in pack["reason_codes"]]
    effects = [known(r["code"], r["effect"], {"ALLOW", "DENY"}) for r in pack["reason_codes"]]
    codes = [j["code"] for j in pack["jurisdictions"]]
    if len(set(codes)) != len(codes) or codes[-1] != "ZZ":
        fail("jurisdictions must be unique and end with the default ZZ")
    for channel, entry in pack["channels"].items():
        known(f"{channel}.group", entry["group"], GROUPS)

    out = [
        "// Generated from src/domain/policy/rules.json by cmake/compile_policy.py.",
        "// The policy pack as constexpr tables; change the JSON, never this file.",
        "#ifndef ONLYLEADS_SRC_DOMAIN_POLICY_TABLES_H_",
        "#define ONLYLEADS_SRC_DOMAIN_POLICY_TABLES_H_", "",
        "#include <array>", "#include <cstddef>", "#include <cstdint>", "#include <string_view>",
        "", "namespace onlyleads::domain {", "",
        f"inline constexpr std::string_view kPolicyVersion = "
        f"{quoted(pack['meta']['schema_version'])};",
        f"inline constexpr std::string_view kPolicyDate = {quoted(pack['meta']['generated'])};",
        "// SHA-256 of the JSON that the tables came from.",
        f"inline constexpr std::string_view kPolicyDigest =\n    "
        f"{quoted(hashlib.sha256(raw).hexdigest())};", "",
        "using ContentMask = uint16_t;  // bit per ContentElement", "",
    ]
    out += enum("Profile", PROFILES, "Which reading is taken where the law is contested.")
    out += enum("Regime", REGIMES, "What the law of the recipient's country asks for.")
    out += enum("Channel", CHANNELS, "The way a message goes.")
    out += enum("ChannelGroup", GROUPS, "Channels that the law treats alike.")
    out += enum("RecipientType", RECIPIENTS, "Who is addressed; unknown is treated as individual.")
    out += enum("Cell", CELLS, "Columns of the jurisdiction matrix.")
    out += enum("ContentElement", elements, "What a message must contain.")
    out += enum("ReasonCode", reasons, "Why a decision fell as it did.")
    out += enum("LawfulBasis", [b["id"] for b in pack["lawful_bases"]], "GDPR Article 6(1).")
    out += enum("Purpose", [p["id"] for p in pack["purposes"]], "What processing is for.")
    out += enum("Step", [name for name, _ in STEPS], "The order in which a decision is made.",
                ["k" + label for _, label in STEPS])
    allowing = ", ".join("true" if e == "ALLOW" else "false" for e in effects)
    groups = ", ".join("ChannelGroup::" + constant(pack["channels"][c]["group"]) for c in CHANNELS)
    actions = [a for a in pack["actions"] if a != "note"]
    out += [
        f"inline constexpr std::array<bool, kReasonCodeCount> kReasonAllows = {{{allowing}}};",
        "constexpr bool Allows(ReasonCode code) "
        "{ return kReasonAllows[static_cast<size_t>(code)]; }", "",
        f"inline constexpr std::array<ChannelGroup, kChannelCount> kChannelGroups = {{{groups}}};",
        "constexpr ChannelGroup GroupOf(Channel channel) "
        "{ return kChannelGroups[static_cast<size_t>(channel)]; }", "",
        f"inline constexpr std::array<std::string_view, {len(actions)}> kPolicyActions = {{"
        + ", ".join(quoted(a) for a in actions) + "};",
        TYPES,
        "// What the first message must add while the Article 14 notice has not been given.",
        f"inline constexpr ContentMask kArt14Content = "
        f"{content_mask(pack, elements, CONTENT_EXTRA)};", "",
        "// The last row is the strict default for an unknown or unlisted country.",
        f"inline constexpr std::array<Jurisdiction, {len(codes)}> kJurisdictions = {{{{",
    ]
    out += [jurisdiction(pack, elements, j) for j in pack["jurisdictions"]]
    out += ["}};", ""]
    out += defaults(pack, elements)
    out += ["}  // namespace onlyleads::domain", "",
            "#endif  // ONLYLEADS_SRC_DOMAIN_POLICY_TABLES_H_", ""]
    return "\n".join(out)


def main():
    if len(sys.argv) != 3:
        fail("usage: compile_policy.py RULES_JSON OUTPUT_HEADER")
    with open(sys.argv[1], "rb") as source:
        text = compile_pack(source.read())
    with open(sys.argv[2], "w", encoding="utf-8") as target:
        target.write(text)


if __name__ == "__main__":
    main()
