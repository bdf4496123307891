"""The generator of the policy tables stops at whatever it does not know.

Usage: policy_compiler_test.py COMPILER RULES_JSON. Each case changes one thing in the pack and must
make the generator fail with a message that names the place; the unchanged pack must pass.
"""

import copy
import json
import os
import subprocess
import sys
import tempfile


def row(pack, code):
    return next(j for j in pack["jurisdictions"] if j["code"] == code)


def swap_steps(pack):
    order = pack["decision_order"]
    order[0], order[1] = order[1], order[0]


CASES = [
    ("GB", lambda p: row(p, "GB").update(new_field=True)),
    ("GB.soft_opt_in", lambda p: row(p, "GB")["soft_opt_in"].update(new_condition=True)),
    ("GB.soft_opt_in", lambda p: row(p, "GB")["soft_opt_in"]["conditions"].append("more")),
    ("PL.soft_opt_in.note", lambda p: row(p, "PL")["soft_opt_in"].update(note="new remark")),
    ("CA.soft_opt_in.note", lambda p: row(p, "CA")["soft_opt_in"].update(note="not verified")),
    ("IT.soft_opt_in.channels", lambda p: row(p, "IT")["soft_opt_in"].update(channels=["fax"])),
    ("NL.exceptions", lambda p: row(p, "NL")["exceptions"].append("NEW")),
    ("PT", lambda p: row(p, "PT").pop("registers")),
    ("CA.implied_windows", lambda p: row(p, "CA")["implied_windows"].pop("inquiry_months")),
    ("DE.linkedin_dm", lambda p: row(p, "DE")["cells"]["linkedin_dm"].update(strict="OPT_NEW")),
    ("DE.cells", lambda p: row(p, "DE")["cells"].pop("linkedin_dm")),
    ("content set", lambda p: row(p, "DE").update(content="NEW")),
    ("ZZ", lambda p: p["jurisdictions"].pop()),
    ("channels", lambda p: p["channels"].update(fax={"group": "email"})),
    ("regimes", lambda p: p["regimes"].update(OPT_NEW="new")),
    ("recipient_types", lambda p: p["recipient_types"].update(robot="new")),
    ("decision_order", swap_steps),
    ("clarifications", lambda p: p["clarifications"].append("new")),
    ("scenario_defaults", lambda p: p["scenario_defaults"].update(new_fact=True)),
    ("scenario_defaults", lambda p: p["scenario_defaults"].pop("objected")),
    ("top level", lambda p: p.update(new_part={})),
]


def compile_pack(compiler, pack, folder):
    source = os.path.join(folder, "rules.json")
    with open(source, "w", encoding="utf-8") as file:
        json.dump(pack, file)
    return subprocess.run([sys.executable, compiler, source, os.path.join(folder, "tables.h")],
                          capture_output=True, text=True, check=False)


def main():
    compiler, rules = sys.argv[1:]
    with open(rules, encoding="utf-8") as file:
        pack = json.load(file)
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        if compile_pack(compiler, pack, folder).returncode != 0:
            failures.append("the pack itself is refused")
        for place, change in CASES:
            changed = copy.deepcopy(pack)
            change(changed)
            result = compile_pack(compiler, changed, folder)
            if result.returncode == 0:
                failures.append(f"a change at {place} is accepted")
            elif "compile_policy: " not in result.stderr or place not in result.stderr:
                failures.append(f"{place}: unclear message: {result.stderr.strip()[-200:]}")
    sys.exit("\n".join(failures) or 0)


if __name__ == "__main__":
    main()
