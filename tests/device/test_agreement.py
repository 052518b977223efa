from device.agreement import Agreement


def heard(numbers: list[str | None], frames: int = 3) -> list[bool]:
    agreement = Agreement(frames)
    return [agreement.hear(number) for number in numbers]


def test_an_answer_is_believed_at_the_third_frame_that_says_it() -> None:
    assert heard(["7", "7", "7"]) == [False, False, True]


def test_a_frame_that_says_otherwise_begins_the_count_anew() -> None:
    assert heard(["7", "7", "1", "7", "7", "7"]) == [False] * 5 + [True]


def test_what_is_believed_is_told_once() -> None:
    assert heard(["7"] * 6) == [False, False, True, False, False, False]


def test_refusals_that_agree_take_the_answer_back() -> None:
    assert heard(["7"] * 3 + [None] * 3 + ["7"] * 3).count(True) == 3


def test_refusals_before_any_answer_are_nothing_new() -> None:
    assert heard([None] * 5) == [False] * 5
