"""Live mode's way to an answer: so many frames in a row have to say the same."""


class Agreement:
    """Listen to one answer after the other, and tell when there is a new one to believe.

    >>> agreement = Agreement(frames=2)
    >>> [agreement.hear(number) for number in ["7", "1", "1", "1", None, None]]
    [False, False, True, False, False, True]
    """

    def __init__(self, frames: int) -> None:
        self._frames = frames
        self._heard: str | None = None
        self._times = 0
        self._believed: str | None = None

    def hear(self, number: str | None) -> bool:
        """Take in a frame's number, None for a refusal; tell whether it is newly agreed on."""
        self._times = self._times + 1 if number == self._heard else 1
        self._heard = number
        if self._times < self._frames or number == self._believed:
            return False
        self._believed = number
        return True
