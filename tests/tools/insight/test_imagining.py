"""What a network imagines, on one that looks for bars."""

from pathlib import Path

import numpy as np
import pytest

import nn
from tests.tools.desk import make_digits, write_bar_network
from tools.insight.imagining import climb, imagine


def test_a_network_that_looks_for_bars_imagines_bars(tmp_path: Path) -> None:
    network = nn.load(write_bar_network(tmp_path / "bars.npz"))
    bars = make_digits(100, np.random.default_rng(1)).glyphs
    imagined = climb(network, bars)
    assert (imagined.confidences > 0.99).all()
    for digit, picture in enumerate(imagined.pictures):
        row = int(picture.mean(axis=1).argmax())
        assert 4 + 2 * digit <= row <= 5 + 2 * digit
    assert imagined.pictures.min() >= 0.01
    assert imagined.pictures.max() <= 1.0


def test_the_same_network_imagines_the_same_twice(tmp_path: Path) -> None:
    network = nn.load(write_bar_network(tmp_path / "bars.npz"))
    bars = make_digits(50, np.random.default_rng(1)).glyphs
    np.testing.assert_array_equal(climb(network, bars).pictures, climb(network, bars).pictures)


def test_the_talks_network_is_queried_back_first() -> None:
    network = nn.Network.talk(rng=np.random.default_rng(1))
    bars = make_digits(50, np.random.default_rng(1)).glyphs
    back, ascent = imagine(network, bars)
    expected = network.backquery(nn.one_hot(range(10))).reshape(10, 28, 28)
    np.testing.assert_array_equal(back.pictures, expected)
    assert back.means.startswith("Back-query")
    assert "Gradient ascent" in ascent.means
    assert "50 training digits" in ascent.means


def test_softmax_cannot_be_queried_back_and_is_climbed(tmp_path: Path) -> None:
    network = nn.load(write_bar_network(tmp_path / "bars.npz"))
    (only,) = imagine(network, make_digits(50, np.random.default_rng(1)).glyphs)
    assert only.means.startswith("Gradient ascent")


def test_how_sure_it_is_is_what_it_answers_to_its_own_picture() -> None:
    network = nn.Network.talk(rng=np.random.default_rng(1))
    back = imagine(network, make_digits(50, np.random.default_rng(1)).glyphs)[0]
    for digit in (0, 9):
        answer = network.query(back.pictures[digit].ravel())[digit]
        assert back.confidences[digit] == pytest.approx(answer, abs=1e-6)
