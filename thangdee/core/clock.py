"""The time, in one place, so that days can pass in a test or a trial."""

from datetime import UTC, datetime, timedelta
from pathlib import Path


class Clock:
    """Aware UTC time, moved by the seconds written in `offset_file` if there is one.

    The file is read at each call: several processes of one trial share it.
    """

    def __init__(self, offset_file: Path | None = None) -> None:
        self._offset_file = offset_file

    def now(self) -> datetime:
        """Return the time, aware, UTC."""
        now = datetime.now(UTC)
        if self._offset_file is None:
            return now
        return now + timedelta(seconds=self._offset_seconds(self._offset_file))

    def advance(self, by: timedelta) -> None:
        """Move the shared time forward; needs an offset file."""
        if self._offset_file is None:
            raise ValueError("only a clock with an offset file can be moved")
        moved = self._offset_seconds(self._offset_file) + by.total_seconds()
        fresh = self._offset_file.with_suffix(".new")
        fresh.write_text(str(moved))
        fresh.replace(self._offset_file)

    @staticmethod
    def _offset_seconds(path: Path) -> float:
        try:
            return float(path.read_text() or 0)
        except FileNotFoundError:
            return 0.0
