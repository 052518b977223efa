"""The picture shows the mean, the spread and every seed, and says what was left as it is."""

from dataclasses import replace

import numpy as np
import pytest

from tools.experiments.drawing import describe_rest, draw_sweeps, gather_results, table_rows
from tools.experiments.points import Point
from tools.experiments.sweeps import SWEEPS, THE_TALKS, all_points

EPOCHS = replace(SWEEPS["epochs"], values=(1, 2, 4))
BASE = Point()
KNOWN = {
    replace(BASE, epochs=1, seed=1): 0.90,
    replace(BASE, epochs=1, seed=2): 0.92,
    replace(BASE, epochs=2, seed=1): 0.95,
    replace(BASE, epochs=1, seed=1, layers=2): 0.10,
}


def test_results_have_the_mean_and_the_spread_over_finished_seeds_only() -> None:
    first, second = gather_results(EPOCHS, BASE, 2, KNOWN)
    assert (first.value, first.accuracies) == (1, (0.90, 0.92))
    assert first.mean == pytest.approx(0.91)
    assert first.spread == pytest.approx(0.02 / 2**0.5)
    assert (second.value, second.mean, second.spread) == (2, 0.95, 0.0)


def test_the_printed_table_has_no_spread_for_a_single_seed() -> None:
    assert table_rows(gather_results(EPOCHS, BASE, 2, KNOWN)) == [
        ("1", "91.00%", "1.41%", "2"),
        ("2", "95.00%", "–", "1"),
    ]


def test_the_chart_has_mean_band_and_dots_in_per_cent() -> None:
    figure = draw_sweeps([EPOCHS], BASE, 2, KNOWN, 10_000)
    axes = figure.axes[0]
    lines = [np.asarray(line.get_xydata()).tolist() for line in axes.lines]
    assert [[1.0, 90.0], [1.0, 92.0]] in lines
    mean = next(line for line in lines if line[0][1] == pytest.approx(91))
    np.testing.assert_allclose(mean, [[1, 91], [2, 95]])
    band = axes.collections[0].get_paths()[0].vertices
    assert np.asarray(band)[:, 1].min() == pytest.approx(91 - 100 * 0.02 / 2**0.5)
    assert "10,000 test digits" in figure.get_suptitle()


def test_a_sweep_of_which_nothing_is_known_yet_has_no_chart() -> None:
    sweeps = [SWEEPS["activation"], EPOCHS]
    shown = [axes for axes in draw_sweeps(sweeps, BASE, 2, KNOWN, 50).axes if axes.get_visible()]
    assert [axes.get_title(loc="left") for axes in shown] == ["epochs"]


@pytest.mark.parametrize("name", SWEEPS)
def test_every_sweep_can_be_drawn(name: str) -> None:
    sweep = SWEEPS[name]
    known = dict.fromkeys(sweep.points(BASE, 2), 0.5)
    figure = draw_sweeps([sweep], BASE, 2, known, 50)
    assert figure.axes[0].get_title(loc="left") == sweep.title


def test_the_chart_says_what_was_left_as_it_is_and_not_what_was_varied() -> None:
    assert describe_rest(EPOCHS, BASE).replace("\n", " ") == (
        "learning rate 0.1, 200 hidden nodes, 30,000 training digits, sigmoid, example by example"
    )
    batches = replace(BASE, batch_size=32, rotation_deg=10.0)
    said = describe_rest(SWEEPS["hidden-nodes"], batches)
    assert "hidden nodes" not in said
    assert "±10° added" in said
    assert "batches of 32" in said


def test_the_talks_sweeps_share_their_common_points() -> None:
    sweeps = [SWEEPS[name] for name in THE_TALKS]
    apart = sum(len(sweep.points(BASE, 3)) for sweep in sweeps)
    assert len(all_points(sweeps, BASE, 3)) == apart - 2 * 3
    assert all(BASE in sweep.points(BASE, 3) for sweep in sweeps)
