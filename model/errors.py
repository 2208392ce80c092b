"""The errors a person may see. Imports nothing.

Each has a sentence for people, and for programs a `code` that stays the same whatever the sentence says, with the `values` that
the sentence tells: a page that has words of its own needs no other.

AppError                 a sentence that says what to do; `status` is the HTTP status it travels as
├── BadImage             this picture is refused                                               422
│   └── TooLarge         this picture is refused for its size                                  413
├── BadData              the folder of pictures cannot be used as it is                        422
├── BadModel             the model file cannot be used                                         500
├── BadUsage             wrong options                                                         400
├── Busy                 the model process has too many photos waiting                         503
└── Unreachable          the model process cannot be reached or started                        503
"""

REASON = "Voilens-Reason"  # the HTTP header in which code and values travel, as JSON
LONGEST = 200  # letters of a code, or of a value with its name
MOST_VALUES = 8


class AppError(Exception):
    """Base of all errors meant for people: `str(error)` is a whole sentence that says what to do.

    `code` names the reason more closely than the class does, where it is given; `values` are numbers and words of the sentence,
    and what a program can do about it, as JSON can hold it.
    """

    status = 500
    code = "failed"

    def __init__(self, *sentence: object, code: str | None = None, **values: object):
        super().__init__(*sentence)
        self.values = values
        if code is not None:
            self.code = code

    def reason(self) -> dict[str, object]:
        """The code and the values, as they travel beside the sentence."""
        return {"code": self.code, "values": self.values}

    def adopt(self, reason: object) -> None:
        """Take the code and the values of an error that travelled; what does not look like them changes nothing."""
        code, values = (reason.get("code"), reason.get("values")) if isinstance(reason, dict) else (None, None)
        if not isinstance(code, str) or len(code) > LONGEST or not isinstance(values, dict) or len(values) > MOST_VALUES:
            return
        if all(isinstance(value, (str, int, float)) and len(f"{name}{value}") <= LONGEST for name, value in values.items()):
            self.code, self.values = code, values


class BadImage(AppError):
    """A picture that is refused."""

    status = 422
    code = "bad-image"


class TooLarge(BadImage):
    """A picture that is refused because of its size."""

    status = 413
    code = "too-large"


class BadData(AppError):
    """A folder of pictures that cannot be used as it is."""

    status = 422
    code = "bad-data"


class BadModel(AppError):
    """A model file that cannot be used."""

    code = "bad-model"


class BadUsage(AppError):
    """Options that contradict each other or name something that does not exist."""

    status = 400
    code = "bad-usage"


class Busy(AppError):
    """The model process has too many photos waiting; `retry_after` is in seconds."""

    status = 503
    code = "busy"

    def __init__(self, sentence: str, retry_after: float = 1.0):
        super().__init__(sentence)
        self.retry_after = retry_after


class Unreachable(AppError):
    """The model process cannot be reached, or ended before it answered."""

    status = 503
    code = "unreachable"


# What an HTTP status of the model process stands for; any other is an AppError.
ERROR_BY_STATUS: dict[int, type[AppError]] = {error.status: error for error in (BadImage, TooLarge, BadModel, Busy)}
