"""What the API may be asked for: its token, its documentation, and its limits."""

from dataclasses import dataclass, field

from vision.intake import MAX_BYTES

TOKEN_VARIABLE = "OPENOPHGLM_API_TOKEN"  # noqa: S105 (its name, not a token)


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """What a person chooses on the command line, and what one request may take."""

    token: str | None = field(default=None, repr=False)  # None: whoever reaches it may ask
    docs: bool = False
    rate: str = "30/minute"  # for each client, in the words of the package limits
    most_bytes: int = 3 * MAX_BYTES  # of a request: two of the largest photos as base64, or many
    most_waiting: int = 16  # and working
    photos_bytes: int = 256_000_000  # of pixels kept for the next turn of their conversation
    photos_kept_s: float = 1800
