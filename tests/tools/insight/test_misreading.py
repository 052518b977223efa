"""Misread digits, the surest first."""

from pathlib import Path

import numpy as np
import pytest

import nn
from device import preparation
from tests.tools.desk import make_digits, write_bar_network, write_pictures, write_sure_network
from tools.insight.misreading import misread_digits, misread_pictures


def test_what_is_read_right_is_not_among_them(tmp_path: Path) -> None:
    network = nn.load(write_bar_network(tmp_path / "bars.npz"))
    digits = make_digits(30, np.random.default_rng(1))
    assert misread_digits(network, digits.glyphs, digits.labels) == ([], 30, 0)


def test_the_surest_come_first() -> None:
    network = nn.Network(784, [nn.Dense(10, activation="softmax")])
    network.layers[0].weights[7] = 0.01  # the more ink, the surer it is of a 7
    glyphs = np.stack([np.full((28, 28), ink, np.uint8) for ink in (50, 250, 150, 200)])
    score = misread_digits(network, glyphs, np.array([1, 2, 3, 7], np.uint8))
    assert [(each.label, each.answer, each.where) for each in score.misread] == [
        (2, 7, "test digit 1"),
        (3, 7, "test digit 2"),
        (1, 7, "test digit 0"),
    ]
    # All ink at 250: a sum of 784 · 0.01 · (0.01 + 0.99 · 250/255) = 7.68772 against nine of 0.
    assert score.misread[0].confidence == pytest.approx(1 / (1 + 9 * np.exp(-7.68772)), abs=1e-5)
    assert np.array_equal(score.misread[0].glyph, glyphs[1])


def test_pictures_are_read_as_the_appliance_reads_them(tmp_path: Path) -> None:
    rows = [("a.png", "1", ""), ("b.png", "4", ""), ("c.png", "none", ""), ("d.png", "5", "")]
    folder = write_pictures(tmp_path / "notes", rows)
    (folder / "d.png").write_bytes(b"no picture")
    network = nn.load(write_sure_network(tmp_path / "sure.npz", 1))
    score = misread_pictures(network, tmp_path)
    # What is labelled none isn't asked; what can't be opened was refused.
    assert (score.tested, score.refused) == (3, 1)
    (only,) = score.misread
    assert (only.label, only.answer, only.where) == (4, 1, "notes/b.png")
    assert only.glyph.shape == (28, 28)


def test_a_network_without_a_class_for_what_is_no_digit_is_asked_about_the_digit_alone(
    tmp_path: Path,
) -> None:
    rows = [("a.png", "1", ""), ("b.png", "4", ""), ("c.png", "11", ""), ("d.png", "2", "")]
    folder = write_pictures(tmp_path / "notes", rows)
    (folder / "d.png").write_bytes((folder / "c.png").read_bytes())  # two where there is one
    ten = nn.Network(784, [nn.Dense(10)])
    ten.layers[0].biases[1] = 5
    ten.save(tmp_path / "ten.npz", nn.Card("ten", preparation.VERSION, (*"0123456789",)))
    score = misread_pictures(nn.load(tmp_path / "ten.npz"), folder)
    assert (score.tested, score.refused) == (3, 1)
    (only,) = score.misread
    assert (only.label, only.answer, only.where) == (4, 1, "b.png")


def test_two_digits_where_there_is_one_count_as_refused(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "notes", [("a.png", "11", ""), ("b.png", "1", "")])
    (folder / "b.png").write_bytes((folder / "a.png").read_bytes())
    network = nn.load(write_sure_network(tmp_path / "sure.npz", 1))
    assert misread_pictures(network, tmp_path) == ([], 1, 1)
