import numpy as np
import pytest

import nn
from nn.optimisers import Adam, GradientDescent, Optimiser


def test_plain_gradient_descent_is_what_the_network_does_by_itself() -> None:
    rng = np.random.default_rng(30)
    inputs, targets = rng.random((4, 5)), rng.random((4, 2))
    networks = [nn.Network.talk(5, 3, 2, rng=np.random.default_rng(31)) for _ in range(2)]
    for optimiser, network in zip((None, GradientDescent()), networks, strict=True):
        for _ in range(3):
            network.train(inputs, targets, learning_rate=0.2, optimiser=optimiser)
    np.testing.assert_allclose(networks[0].weights, networks[1].weights, rtol=1e-6)


def test_momentum_makes_a_share_of_the_last_step_again() -> None:
    weights = np.array([1.0])
    optimiser = GradientDescent(momentum=0.5)
    optimiser.step(weights, np.array([2.0]), 0.1)
    assert weights == pytest.approx([0.8])
    optimiser.step(weights, np.array([2.0]), 0.1)  # a velocity of 1 + 2
    assert weights == pytest.approx([0.5])


def test_adam_steps_as_worked_by_hand() -> None:
    weights = np.array([1.0, 1.0])
    optimiser = Adam()
    # Both means are corrected for their start from 0: a first step has the
    # length of the learning rate whatever the gradient's.
    optimiser.step(weights, np.array([4.0, -0.01]), 0.1)
    assert weights == pytest.approx([0.9, 1.1], abs=1e-6)
    optimiser.step(weights, np.array([2.0, -0.01]), 0.1)
    mean = (0.9 * 0.1 * 4 + 0.1 * 2) / (1 - 0.9**2)
    square = (0.999 * 0.001 * 16 + 0.001 * 4) / (1 - 0.999**2)
    assert weights[0] == pytest.approx(0.9 - 0.1 * mean / square**0.5)
    assert weights[1] == pytest.approx(1.2, abs=1e-6)


@pytest.mark.parametrize("kind", [GradientDescent, Adam])
def test_weight_decay_takes_a_share_of_the_weights_whatever_the_gradients(
    kind: type[GradientDescent] | type[Adam],
) -> None:
    plain, decayed = np.array([2.0, -1.0]), np.array([2.0, -1.0])
    gradients = np.array([5.0, 0.1])
    kind().step(plain, gradients, 0.1)
    kind(weight_decay=0.2).step(decayed, gradients, 0.1)
    np.testing.assert_allclose(plain - decayed, 0.1 * 0.2 * np.array([2.0, -1.0]))


@pytest.mark.parametrize(
    "optimiser", [GradientDescent(), GradientDescent(momentum=0.9), Adam(weight_decay=1e-3)]
)
def test_every_optimiser_finds_the_bottom_of_a_bowl_in_float32(optimiser: Optimiser) -> None:
    bottom = np.array([3.0, -2.0], np.float32)
    weights = np.zeros(2, np.float32)
    for step in range(600):
        gradients = np.array([1, 4], np.float32) * (weights - bottom)
        optimiser.step(weights, gradients, 0.1 / (1 + step / 50))
    assert weights.dtype == np.float32
    np.testing.assert_allclose(weights, bottom, atol=0.02)
