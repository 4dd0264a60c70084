"""What becomes of a sound or a picture that is made anew; apart from core/recoding.py, which loads the decoders."""

from dataclasses import dataclass

from thangdee.core.errors import ThangdeeError

LONGEST_SECONDS = 300
TOO_LONG, UNREADABLE = "too_long", "unreadable"


class UnfitFileError(ThangdeeError):
    """The file is no sound or picture that we take; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__("a file that is not taken")
        self.code = code


@dataclass(frozen=True)
class Recoded:
    """A file made anew: MP3 or JPEG. `covered`: a picture of a few pixels, shown until the other is asked for."""

    content: bytes
    seconds: int | None = None
    covered: bytes = b""
