"""The one tree of errors. Texts hold facts for operators, never a person's words, name or chat id."""


class ThangdeeError(Exception):
    """Base of all of ours; `code` is stable and safe to log."""

    code = "error"


class WeakKeyError(ThangdeeError):
    """A key is missing, short, repeated or well known; the program must not start (R24)."""

    code = "weak_key"


class SealBrokenError(ThangdeeError):
    """A sealed value does not open at this place: moved, changed, or its key is gone (R22)."""

    code = "seal_broken"


class LeaseLostError(ThangdeeError):
    """Another process took the job meanwhile; this transaction must be undone."""

    code = "lease_lost"


class StoreAwayError(ThangdeeError):
    """The database did not take the update; nothing was acknowledged (R49)."""

    code = "store_away"


class NotReadyError(ThangdeeError):
    """An operator must do something first; the text says what."""

    code = "not_ready"
