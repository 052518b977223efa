from device.page.answers import Answers
from device.reading import Reading, Refusal
from device.snapshot import Snapshot, State
from tests.device.bench import answer

REFUSED = Reading(None, Refusal.NOTHING_WRITTEN)


def snapshot(state: State, reading: Reading | None = None) -> Snapshot:
    return Snapshot(state, None, reading, None, "ready")


def heard(answers: Answers, *numbers: str | None) -> list[str | None]:
    """Let live mode read these; return what of it is an answer."""
    found = []
    for number in numbers:
        reading = REFUSED if number is None else answer(number)
        # The same reading is told again when the light changes.
        told, again = (answers.hear(snapshot(State.LIVE, reading)) for _ in "12")
        assert not again
        if told:
            found.append(number)
    return found


def test_a_press_is_answered_once_however_often_it_is_told() -> None:
    answers, reading = Answers(3), answer("7")
    told = [snapshot(State.BUSY), *[snapshot(State.SHOWING, reading)] * 3]
    assert [answers.hear(each) for each in told] == [False, True, False, False]


def test_the_same_number_pressed_again_is_another_answer() -> None:
    answers = Answers(3)
    for _ in range(2):
        assert not answers.hear(snapshot(State.BUSY))
        assert answers.hear(snapshot(State.SHOWING, answer("7")))


def test_a_refusal_of_a_press_is_an_answer() -> None:
    assert Answers(3).hear(snapshot(State.SHOWING, REFUSED))


def test_in_live_mode_a_number_that_frames_agree_on_is_an_answer() -> None:
    assert heard(Answers(2), "7", "1", "1", "1", "4", "4") == ["1", "4"]


def test_in_live_mode_what_is_refused_is_none() -> None:
    assert heard(Answers(2), None, None, None) == []


def test_a_note_that_comes_and_goes_is_answered_once() -> None:
    assert heard(Answers(2), "7", "7", None, None, "7", "7") == ["7"]


def test_live_mode_starts_afresh() -> None:
    answers = Answers(2)
    assert heard(answers, "7", "7") == ["7"]
    answers.hear(snapshot(State.READY))
    assert heard(answers, "7", "7") == ["7"]
