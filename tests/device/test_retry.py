import math

from device.retry import Retry


def test_each_pause_is_twice_the_one_before_up_to_the_longest() -> None:
    retry = Retry(first_s=1.0, most_s=5.0)
    pauses = []
    for _ in range(5):
        retry.fail(now_s=100.0)
        pauses.append(retry.due_s - 100.0)
    assert pauses == [1.0, 2.0, 4.0, 5.0, 5.0]
    assert retry.failures == 5


def test_ten_thousand_failures_are_still_the_longest_pause() -> None:
    retry = Retry(first_s=1.0, most_s=5.0)
    for _ in range(10_000):
        retry.fail(now_s=0.0)
    assert retry.due_s == 5.0


def test_a_try_is_taken_once_when_it_is_due() -> None:
    retry = Retry(first_s=1.0, most_s=5.0)
    assert not retry.take(now_s=1e9)
    retry.fail(now_s=10.0)
    assert not retry.take(now_s=10.9)
    assert retry.take(now_s=11.0)
    assert not retry.take(now_s=11.0)


def test_a_hurry_makes_due_what_has_failed_and_nothing_else() -> None:
    retry = Retry(first_s=60.0, most_s=60.0)
    retry.hurry()
    assert retry.due_s == math.inf
    retry.fail(now_s=0.0)
    retry.hurry()
    assert retry.take(now_s=0.0)
    retry.hurry()  # the try is on its way
    assert not retry.take(now_s=1e9)


def test_success_forgets_the_failures() -> None:
    retry = Retry(first_s=1.0, most_s=5.0)
    retry.fail(now_s=0.0)
    retry.clear()
    assert (retry.failures, retry.due_s) == (0, math.inf)
