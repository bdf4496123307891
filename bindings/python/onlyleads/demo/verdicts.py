"""What the story found to be as promised or not, by name. The exit code is 0 when all of it is.

Nothing else calls the screen's good and bad: what a reader sees as bad is in the exit code.
"""

from typing import Any, Dict, List

MEANING = {
    "import": "every file could be imported",
    "truth": "the import is equal to truth.json",
    "transport": "the host's transport carried every write that the provider saw meanwhile",
    "forged_webhook": "a webhook with a wrong secret gets 401",
    "opt_outs": "nothing is sent after an opt-out",
    "opt_outs_apart": "no opt-out crosses over to the second organization",
    "interest": "a newer comment counts more than an older one",
    "scoring": "who objected or is restricted has no score",
    "mandate": "nothing is sent without a mandate",
    "subscription": "an ended subscription holds back what is due",
    "departure": "a customer who leaves is handed everything and leaves nothing behind",
    "usage": "retention removes the visit that it planned to remove, and no other",
    "access": "a person's copy holds what is stored about them and who received it",
    "retention": "a dry run removes nothing",
    "erasure": "an erased person does not come back with the next file",
    "residue": "no removed bytes are left",
    "restore": "an older copy is recognised; erasures and objections hold in it",
    "ledger": "no step twice, none lost, none claimed that was not accepted",
    "second_organization": "nothing crossed over to the second organization",
    "audit": "every chain of the audit is whole",
}


class Verdicts:
    """Collects them and says each one when it is found."""

    def __init__(self, screen: Any) -> None:
        self._screen = screen
        self.found: Dict[str, bool] = {}

    def judge(self, name: str, good: Any, text: str) -> bool:
        """Says the text as good or bad; the verdict."""
        assert name in MEANING, f"{name} is no verdict"
        self.found[name] = bool(good)
        (self._screen.good if good else self._screen.bad)(text)
        return self.found[name]

    def failed(self) -> List[str]:
        """Those that do not hold, each with what would."""
        return [f"{name} ({MEANING[name]})" for name, good in self.found.items() if not good]
