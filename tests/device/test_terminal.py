"""The drawn board: Textual's own pilot at real simulated pins and a real service."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from PIL import Image
from textual.pilot import Pilot
from textual.widget import Widget

from device.errors import CameraError
from device.simulation import FolderPile
from device.terminal import BoardApp
from device.weights import Reads
from device.widgets import Answer, Button, Camera, Glyphs, Leds, Light, Outputs, SegmentDigit
from nn import BadWeights
from tests.device.bench import REFUSED, Bench, answer

DEADLINE_S = 60.0
PAUSE_S = 0.02


def drawn(bench: Bench) -> BoardApp:
    return BoardApp(bench.build, bench.simulated, bench.pile, bench.config.board)


async def until(pilot: Pilot[None], happened: Callable[[], bool]) -> None:
    for _ in range(int(DEADLINE_S / PAUSE_S)):
        if happened():
            return
        await pilot.pause(PAUSE_S)
    raise AssertionError("it never happened")


async def ready(pilot: Pilot[None], app: BoardApp) -> None:
    await until(pilot, lambda: app.light == "ready")


def said(app: BoardApp) -> str:
    return app.query_one(Answer).render().plain


def footer(app: BoardApp) -> str:
    return " ".join(str(key.render()) for key in app.query("FooterKey"))


async def test_space_presses_the_button_and_the_board_shows_the_answer() -> None:
    bench = Bench(answer("7", 0.987))
    app = drawn(bench)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        assert app.query_one(Camera).frame is None
        await pilot.press("space")
        await until(pilot, lambda: app.query_one(SegmentDigit).lit == frozenset("abc"))
        await until(pilot, lambda: "7   98.7 % sure" in said(app))
        assert bench.simulated.segments == frozenset("abc")
        assert app.query_one(Leds).lit == tuple(digit == 7 for digit in range(10))
        assert app.query_one(Camera).border_subtitle == "sheet 1"
        assert [digit.digit for digit in app.query_one(Glyphs).digits] == [7]
        assert "7 ████▉ 0.99" in app.query_one(Outputs).render().plain
        await until(pilot, lambda: not bench.simulated.pressed)
        pressed = [state for _, state in bench.pins.pin(bench.config.board.button).states]
        assert pressed.count(False) - (pressed[0] is False) == 1


async def test_the_button_is_lit_while_it_is_down_and_the_mouse_presses_it() -> None:
    bench = Bench(answer("3"))
    app = drawn(bench)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        button = app.query_one(Button)
        await pilot.mouse_down(Button)
        await until(pilot, lambda: button.has_class("-pressed"))
        await pilot.mouse_up(Button)
        await until(pilot, lambda: not button.has_class("-pressed"))
        await until(pilot, lambda: "3" in said(app))


async def test_the_light_is_drawn_as_its_pin_blinks_with_its_meaning() -> None:
    app = drawn(Bench(answer("3"), displays=()))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        light = app.query_one(Light)
        await until(pilot, lambda: light.lit)
        await until(pilot, lambda: not light.lit)
        await until(pilot, lambda: light.lit)
        assert light.meaning == "ready"
        assert "ready" in light.render().plain
        assert not app.query(SegmentDigit)


async def press(pilot: Pilot[None], bench: Bench) -> None:
    """Press space once the button is up and has stopped bouncing."""
    await until(pilot, lambda: not bench.simulated.pressed)
    await pilot.pause(2 * bench.config.board.bounce_s)
    await pilot.press("space")


async def test_each_press_photographs_the_next_note_and_answers_are_remembered() -> None:
    bench = Bench(answer("1"), answer("22"), REFUSED, answer("4"))
    app = drawn(bench)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        for verdict in (" 1 ", " 22 ", "can't read it", " 4 "):
            await press(pilot, bench)
            await until(pilot, partial(lambda words: said(app).startswith(words), verdict))
        assert app.query_one(Camera).border_subtitle == "sheet 4"
        assert said(app).endswith("before  —  22  1")


async def test_a_refusal_says_why_and_shows_what_was_found() -> None:
    app = drawn(Bench(REFUSED))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await pilot.press("space")
        await until(pilot, lambda: "can't read it\nunsure: 4 or 9" in said(app))
        assert app.light == "refused"
        assert len(app.query_one(Camera).digits) == 1


async def test_of_several_digits_the_least_sure_is_chosen_and_the_arrows_choose_others() -> None:
    app = drawn(Bench(answer("358", 0.9, 0.6, 0.8)))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await until(pilot, lambda: "press" in footer(app))
        assert "digit" not in footer(app)
        assert "hold" not in footer(app)
        await pilot.press("space")
        outputs = app.query_one(Outputs)
        await until(pilot, lambda: outputs.border_subtitle == "digit 2 of 3")
        assert "next best 368" in said(app)
        await until(pilot, lambda: "digit" in footer(app))
        await pilot.press("right", "right")
        assert outputs.border_subtitle == "digit 1 of 3"
        await pilot.press("left")
        assert outputs.border_subtitle == "digit 3 of 3"
        assert app.query_one(Glyphs).chosen == 2


async def test_holding_starts_live_mode_and_a_press_ends_it() -> None:
    bench = Bench(answer("5"), hold="live", hold_s=1.5)
    app = drawn(bench)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await until(pilot, lambda: "hold" in footer(app))
        await pilot.press("h")
        await until(pilot, lambda: app.light == "live")
        await until(pilot, lambda: app.query_one(SegmentDigit).lit == frozenset("acdfg"))
        await until(pilot, lambda: app.query_one(Camera).border_subtitle == "sheet 2")
        await press(pilot, bench)
        await ready(pilot, app)


@pytest.mark.parametrize("key", ["q", "ctrl+c", "ctrl+q"])
async def test_q_ends_the_appliance_and_then_the_terminal_with_the_lamps_out(key: str) -> None:
    bench = Bench(answer("8"))
    app = drawn(bench)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await pilot.press("space")
        await until(pilot, lambda: len(bench.simulated.segments) == 7)
        await pilot.press(key)
        await until(pilot, lambda: app.return_code is not None)
    assert (app.return_code, app.error) == (0, None)
    assert (bench.simulated.segments, bench.simulated.light) == (frozenset(), False)


async def test_an_appliance_that_dies_ends_the_terminal_with_its_error() -> None:
    bench = Bench(answer("8"))
    app = drawn(bench)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        bench.pile.close()
        await pilot.press("space")
        await until(pilot, lambda: app.return_code is not None)
    assert app.return_code == 1
    assert isinstance(app.error, CameraError)


async def test_an_appliance_that_cannot_start_ends_the_terminal_with_its_error() -> None:
    def weights_are_missing(weights: str) -> Reads:
        raise BadWeights(f"{weights}: no such file")

    bench = Bench(answer("8"))
    bench.reader_factory = weights_are_missing
    app = drawn(bench)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.return_code is not None)
    assert app.return_code == 1
    assert isinstance(app.error, BadWeights)


def shown(app: BoardApp) -> set[type[Widget]]:
    parts = (Camera, Answer, Glyphs, Outputs, SegmentDigit, Leds, Light, Button)
    return {part for part in parts if app.query_one(part).region}


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (132, 43), (250, 80)])
async def test_everything_fits_from_80_by_24_upwards(size: tuple[int, int]) -> None:
    app = drawn(Bench(answer("358")))
    async with app.run_test(size=size) as pilot:
        await ready(pilot, app)
        await pilot.press("space")
        await until(pilot, lambda: "358" in said(app))
        for part in (Camera, Answer, Glyphs, Outputs, SegmentDigit, Leds, Light, Button):
            widget = app.query_one(part)
            assert isinstance(widget.parent, Widget)
            assert widget.parent.content_region.contains_region(widget.region), part
        assert app.query_one(Glyphs).content_size.height == 14
        assert app.query_one(Outputs).content_size.height >= 5
        assert app.query_one(SegmentDigit).content_size.height == 9
        assert app.query_one(Leds).content_size.height == 4
        assert app.query_one(Light).content_size.height >= 2


@pytest.mark.parametrize("size", [(79, 24), (60, 19), (49, 16), (30, 10), (10, 3), (1, 1)])
async def test_on_a_small_terminal_the_answer_stays(size: tuple[int, int]) -> None:
    app = drawn(Bench(answer("358")))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await pilot.press("space")
        await until(pilot, lambda: "358" in said(app))
        assert len(shown(app)) == 8
        await pilot.resize_terminal(*size)
        await until(pilot, lambda: Glyphs not in shown(app))
        if size[0] >= 30:
            assert {Answer, SegmentDigit} <= shown(app)
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: len(shown(app)) == 8)


async def test_a_picture_of_a_folder_is_named_whatever_its_name(tmp_path: Path) -> None:
    bench = Bench(answer("8"))
    Image.new("L", (64, 48), 255).save(tmp_path / "[b]8.png")
    bench.pile = FolderPile(tmp_path)
    app = drawn(bench)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await pilot.press("space")
        await until(pilot, lambda: app.query_one(Camera).border_subtitle == r"\[b]8.png")
        await until(pilot, lambda: "sure" in said(app))
        assert "right" not in said(app)
