"""Which readings are answers: history takes those, and not every frame of live mode."""

from device.agreement import Agreement
from device.snapshot import Snapshot, State


class Answers:
    """Hears how things stand, and tells when there is an answer.

    A press is answered once. In live mode a number is answered when so many frames agree on
    it, as on the board, and not again while it goes and comes back: else a note that is held
    unsteadily would drive everything else out of history.

    Parameters
    ----------
    live_frames
        How many frames in a row have to agree.
    """

    def __init__(self, live_frames: int) -> None:
        self._live_frames = live_frames
        self._agreement = Agreement(live_frames)
        self._last: str | None = None
        self._heard: object = None

    def hear(self, snapshot: Snapshot) -> bool:
        """Take in how things stand; tell whether its reading is a new answer."""
        if snapshot.state is not State.LIVE:
            self._agreement, self._last = Agreement(self._live_frames), None
        reading, heard = snapshot.reading, self._heard
        self._heard = reading
        if reading is None or reading is heard:
            return False
        if snapshot.state is not State.LIVE:
            return snapshot.state is State.SHOWING
        number = reading.number
        if not self._agreement.hear(number) or number in (None, self._last):
            return False
        self._last = number
        return True
