"""When to try again what has failed."""

import math


class Retry:
    """Count failures in a row, and leave a pause after each that is twice the one before.

    >>> retry = Retry(first_s=1.0, most_s=3.0)
    >>> for _ in range(3):
    ...     retry.fail(now_s=100.0)
    ...     print(retry.failures, retry.due_s)
    1 101.0
    2 102.0
    3 103.0
    """

    def __init__(self, first_s: float, most_s: float) -> None:
        self.pace(first_s, most_s)
        self.clear()

    def pace(self, first_s: float, most_s: float) -> None:
        """Change the first pause and the longest; what has failed so far stands."""
        self._first_s = first_s
        self._most_s = most_s

    def clear(self) -> None:
        """Forget the failures: it works."""
        self.failures = 0
        self.due_s = math.inf

    def fail(self, now_s: float) -> None:
        """Count a failure and fix the time of the next try."""
        pause_s = self._first_s * 2.0 ** min(self.failures, 30)
        self.failures += 1
        self.due_s = now_s + min(pause_s, self._most_s)

    def hurry(self) -> None:
        """Wait no longer for the next try; one that is on its way already is left to end."""
        if self.due_s < math.inf:
            self.due_s = -math.inf

    def take(self, now_s: float) -> bool:
        """Tell whether it is time for a try, which is then on its way."""
        due = now_s >= self.due_s
        if due:
            self.due_s = math.inf
        return due
