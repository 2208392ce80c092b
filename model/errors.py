"""The errors a person may see. Imports nothing.

AppError                 a sentence that says what to do; `status` is the HTTP status it travels as
├── BadImage             this picture is refused                                               422
│   └── TooLarge         this picture is refused for its size                                  413
├── BadData              the folder of pictures cannot be used as it is                        422
├── BadModel             the model file cannot be used                                         500
├── BadUsage             wrong options                                                         400
├── Busy                 the model process has too many photos waiting                         503
└── Unreachable          the model process cannot be reached or started                        503
"""


class AppError(Exception):
    """Base of all errors meant for people: `str(error)` is a whole sentence that says what to do."""

    status = 500


class BadImage(AppError):
    """A picture that is refused."""

    status = 422


class TooLarge(BadImage):
    """A picture that is refused because of its size."""

    status = 413


class BadData(AppError):
    """A folder of pictures that cannot be used as it is."""

    status = 422


class BadModel(AppError):
    """A model file that cannot be used."""


class BadUsage(AppError):
    """Options that contradict each other or name something that does not exist."""

    status = 400


class Busy(AppError):
    """The model process has too many photos waiting; `retry_after` is in seconds."""

    status = 503

    def __init__(self, sentence: str, retry_after: float = 1.0):
        super().__init__(sentence)
        self.retry_after = retry_after


class Unreachable(AppError):
    """The model process cannot be reached, or ended before it answered."""

    status = 503


# What an HTTP status of the model process stands for; any other is an AppError.
ERROR_BY_STATUS: dict[int, type[AppError]] = {error.status: error for error in (BadImage, TooLarge, BadModel, Busy)}
