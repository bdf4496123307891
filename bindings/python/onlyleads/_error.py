"""The one exception of the package. The native half raises it, so it imports nothing."""


class Error(Exception):
    """A call of the library failed.

    The message names arguments, columns and limits, never their content: it may be logged.

    Attributes:
        code: the code's name, for example "OL_BUSY" (see error.h).
        number: the code itself; its low byte is the primary code.
        retryable: the same call may succeed later without any change.
        outcome_unknown: the effect may have happened: ask before repeating.
        callers_fault: an argument or the order of calls is wrong.
    """

    def __init__(self, message: str, code: str = "OL_INVALID_ARGUMENT", number: int = 1,
                 retryable: bool = False, outcome_unknown: bool = False,
                 callers_fault: bool = True) -> None:
        super().__init__(message, code, number, retryable, outcome_unknown, callers_fault)
        self.message = message
        self.code = code
        self.number = number
        self.retryable = retryable
        self.outcome_unknown = outcome_unknown
        self.callers_fault = callers_fault

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"
