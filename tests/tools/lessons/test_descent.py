"""Walking downhill, against steps taken by hand."""

import pytest

from tests.tools.lessons.blackboard import Blackboard
from tools.lessons.descent import bowl, bowl_slope, hills, hills_slope, study_link, walk


def test_the_walks_into_the_bowl_are_as_worked_out(board: Blackboard) -> None:
    # Every step multiplies the distance from 1, at first 2, by 1 - 2·rate.
    # 0.1: by 0.8: 1.6, 1.28, 1.024, 0.8192, 0.65536. 0.5: by 0: there at once.
    # 0.9: by -0.8, so to and fro. 1.0: by -1, for ever. 1.1: by -1.2, ever farther out:
    # -2.4, 2.88, -3.456, 4.1472, -4.97664.
    assert board.table("Down the bowl") == [
        ["0.1", "3.000", "2.600", "2.280", "2.024", "1.819", "1.655"],
        ["0.5", "3.000", "1.000", "1.000", "1.000", "1.000", "1.000"],
        ["0.9", "3.000", "-0.600", "2.280", "-0.024", "1.819", "0.345"],
        ["1.0", "3.000", "-1.000", "3.000", "-1.000", "3.000", "-1.000"],
        ["1.1", "3.000", "-1.400", "3.880", "-2.456", "5.147", "-3.977"],
    ]
    board.require_picture()


def test_where_a_walk_over_the_hills_ends_hangs_on_start_and_rate(board: Blackboard) -> None:
    rows = board.table("Over the hills")
    ends = {(row[0], row[1]): float(row[2]) for row in rows}
    # A floor is where the slope is nothing: 0.24·x - 2.2·sin(2.2·x) + 0.25 = 0, of which
    # -1.410 is a solution: -0.3384 - 2.2·sin(-3.102) + 0.25 = -0.3384 + 0.0871 + 0.25 = -0.001;
    # and 1.310: 0.3144 - 2.2·sin(2.882) + 0.25 = 0.3144 - 0.5648 + 0.25 = 0.000.
    assert ends["-2.7", "0.05"] == -1.410
    assert ends["0.3", "0.05"] == ends["2.9", "0.05"] == ends["2.9", "0.2"] == 1.310
    assert ends["2.9", "0.01"] > 2  # too slow to have arrived
    assert abs(ends["2.9", "0.5"] - 1.310) > 0.2  # to and fro over the floor


def test_the_slope_for_a_weight_is_worked_out_measured_and_asked_for(board: Blackboard) -> None:
    # The sum: 2·0.4 + 3·0.5 = 2.3. e^-2.3 = 0.100259, so O = 1/1.100259 = 0.908877, and
    # O·(1 - O) = 0.908877·0.091123 = 0.082820. Slope: -0.8·0.082820·0.4 = -0.026502.
    # A tenth of it the other way: 2 + 0.0026502 = 2.00265.
    assert board.table("The slope for the weight") == [
        ["worked out", "-0.02650"],
        ["measured", "-0.02650"],
        ["by the package", "-0.02650"],
    ]
    assert "the weight 2.0 becomes 2.00265" in board.text


def test_the_three_slopes_agree_far_beyond_what_is_printed() -> None:
    link = study_link()
    assert link.measured == pytest.approx(link.worked_out, rel=1e-7)
    assert link.by_the_package == pytest.approx(link.worked_out, rel=1e-9)


@pytest.mark.parametrize("x", [-3.1, 0.0, 1.0, 2.7])
def test_the_slopes_of_the_landscapes_are_those_of_their_heights(x: float) -> None:
    for land, slope in ((bowl, bowl_slope), (hills, hills_slope)):
        nudge = 1e-5
        measured = (land(x + nudge) - land(x - nudge)) / (2 * nudge)
        assert slope(x) == pytest.approx(measured, abs=1e-8)


def test_a_walk_that_takes_no_steps_stays_where_it_is() -> None:
    assert walk(bowl_slope, 2.0, 0.1, 0) == [2.0]
