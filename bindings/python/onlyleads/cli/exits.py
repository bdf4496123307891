"""Exit codes of the command line, and which failure gets which. docs/cli.md tells them to users."""

from .._error import Error

OK = 0
FINDINGS = 1  # the command worked, its answer is no: a damaged audit, a failed check
USAGE = 2  # the command line, a file's content or a value is wrong
BUSY = 3  # the same command may succeed later
REFUSED = 4  # the law or the state of the data forbids it
NOT_FOUND = 5  # no such person, organization, campaign, database
STORAGE = 6  # the database, its key or a file cannot be used
INTERNAL = 70  # a defect, or something that a person must look into before anything is repeated
INTERRUPTED = 130
PIPE = 141  # whoever read the output went away

# By primary code (error.h), each of them, after what the error itself says about trying again. What a
# command cannot cause by itself (14: a callback failed, 15: forked) is a defect of the command.
OF_PRIMARY = {1: USAGE, 2: INTERNAL, 3: NOT_FOUND, 4: REFUSED, 5: REFUSED, 6: REFUSED, 7: BUSY,
              8: STORAGE, 9: STORAGE, 10: STORAGE, 11: STORAGE, 12: USAGE, 13: INTERRUPTED,
              14: INTERNAL, 15: INTERNAL, 16: INTERNAL, 17: BUSY, 18: INTERNAL, 19: USAGE,
              20: INTERNAL}


class Stop(Exception):
    """Ends the command with a message on stderr and a code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def of(error: Error) -> int:
    # A later library may have a class that this table does not know.
    code = OF_PRIMARY.get(error.number & 0xFF, INTERNAL)
    if code in (INTERNAL, STORAGE, REFUSED) and error.retryable:
        return BUSY
    return code
