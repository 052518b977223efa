from device.plain import line
from device.reading import Reading, Refusal
from tests.device.bench import REFUSED, answer


def test_a_line_has_the_note_the_answer_how_sure_it_is_and_the_segments() -> None:
    assert line("a.png", answer("42", 0.99, 0.7), frozenset("bcfg")) == (
        "a.png: 42, 70.0 % sure; segments bcfg"
    )


def test_a_refusal_has_its_reason() -> None:
    assert line("a.png", REFUSED, frozenset("g")) == ("a.png: refused, unsure: 4 or 9; segments g")
    assert line("a.png", Reading(None, Refusal.TOO_DARK), frozenset()) == (
        "a.png: refused, too dark; segments dark"
    )
