import numpy as np
import pytest

import nn
from device.page.imagining import TRAITS, find_traits, imagine
from device.page.work import TooBusy
from tests.device.test_page_why import ink_counter, no_pause


def test_the_talks_network_is_run_backwards() -> None:
    network = nn.Network.talk(784, 20, 11, rng=np.random.default_rng(1))
    imagined = imagine(network, 3, no_pause)
    assert imagined.means == "the network run backwards"
    assert imagined.picture.shape == (28, 28)


def test_another_network_imagines_what_it_is_surer_of_than_of_blank_paper() -> None:
    network = ink_counter()
    imagined = imagine(network, 1, no_pause)
    blank = network.query(nn.scale_inputs(np.zeros(784, np.uint8)))
    seen = network.query(nn.scale_inputs(imagined.picture.reshape(784)))
    assert seen[1] > blank[1]
    assert imagined.picture[:, :12].mean() > imagined.picture[:, 16:].mean()


@pytest.mark.parametrize("digit", range(10))
def test_the_shipped_network_takes_what_it_imagines_for_that_digit(digit: int) -> None:
    network = nn.load(nn.SHIPPED_WEIGHTS)
    imagined = imagine(network, digit, no_pause)
    outputs = network.query(nn.scale_inputs(imagined.picture.reshape(784)))
    assert outputs[digit] > 0.8


def test_what_it_imagines_is_drawn_with_strokes_and_not_strewn_with_dots() -> None:
    """Neighbours are alike; in noise they would be as unlike as any two pixels."""
    network = nn.load(nn.SHIPPED_WEIGHTS)
    for digit in range(10):
        picture = imagine(network, digit, no_pause).picture.astype(np.float64)
        beside = np.corrcoef(picture[:, :-1].ravel(), picture[:, 1:].ravel())[0, 1]
        assert beside > 0.8, digit


def test_the_network_alone_tells_one_digit_from_another() -> None:
    """With two of its outputs exchanged it imagines the other of the two."""
    network, exchanged = nn.load(nn.SHIPPED_WEIGHTS), nn.load(nn.SHIPPED_WEIGHTS)
    last = exchanged.layers[-1]
    for array in (last.weights, last.biases):
        array[[3, 8]] = array[[8, 3]]
    three, same, eight = (
        imagine(which, digit, no_pause).picture.astype(int)
        for which, digit in ((network, 3), (exchanged, 8), (network, 8))
    )
    # Sums in another order come out a little different, and every step carries that on.
    assert np.abs(three - same).mean() < 0.2 * np.abs(three - eight).mean()
    assert np.abs(three - eight).max() > 50


def test_the_traits_are_of_digits_in_the_middle() -> None:
    traits = find_traits()
    assert traits.directions.shape == (TRAITS, 784)
    assert np.isfinite(traits.directions).all()
    mean = traits.mean.reshape(28, 28)
    centre = [float((mean * at).sum() / mean.sum()) for at in np.indices(mean.shape)]
    assert centre == pytest.approx([13.5, 13.5], abs=0.6)


def test_a_climb_ends_where_the_page_is_closed() -> None:
    def closed() -> None:
        raise TooBusy("the page is closed")

    with pytest.raises(TooBusy):
        imagine(ink_counter(), 1, closed)
