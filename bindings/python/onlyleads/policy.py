"""The decision, asked without sending. Not legal advice."""

import json
from typing import Any, Dict, Optional, Union

from . import _onlyleads
from . import _arguments as check
from .records import Decision


def evaluate(facts: Optional[Union[Dict[str, Any], str]] = None) -> Decision:
    """Decides over facts; missing keys take the pack's scenario_defaults.

    Pure: nothing is stored. Raises Error (OL_INVALID_ARGUMENT) that names an unknown key or a value
    of the wrong kind.
    """
    given = "{}" if facts is None else check.document("facts", facts) or "{}"
    answer = json.loads(_onlyleads.evaluate(given))
    return Decision(verdict=answer["verdict"], reason=answer["reason"],
                    lawful_basis=answer["lawful_basis"],
                    obligations=answer["obligations"], trace=answer["trace"])
