import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import nn
from nn.activations import Array
from nn.layers import Layer
from tools.mnist import load_mnist


def by_hand(sums: float) -> float:
    return 1 / (1 + math.exp(-sums))


def test_a_query_gives_the_hand_worked_figures_of_the_three_by_three_example() -> None:
    network = nn.Network.talk(3, 3, 3, rng=np.random.default_rng(0), dtype=np.float64)
    network.layers[0].weights[...] = [[0.9, 0.3, 0.4], [0.2, 0.8, 0.2], [0.1, 0.5, 0.6]]
    network.layers[1].weights[...] = [[0.3, 0.7, 0.5], [0.6, 0.5, 0.2], [0.8, 0.1, 0.9]]
    # Hidden sums 1.16, 0.42, 0.62; hidden outputs 0.761, 0.603, 0.650;
    # output sums 0.975, 0.888, 1.254.
    outputs = network.query([0.9, 0.1, 0.8])
    assert outputs == pytest.approx([0.726, 0.708, 0.778], abs=6e-4)


def test_training_moves_each_weight_by_the_hand_worked_figures() -> None:
    network = nn.Network.talk(1, 2, 2, rng=np.random.default_rng(0), dtype=np.float64)
    wih, who = network.layers[0].weights, network.layers[1].weights
    hidden = np.array([0.4, 0.5])
    wih[...] = np.log(hidden / (1 - hidden))[:, None]  # an input of 1 gives just these
    who[...] = [[2.0, 3.0], [1.0, 4.0]]
    outputs = [by_hand(2.3), by_hand(2.4)]
    before = wih.copy()
    # Errors of 0.8 and 0.5 at the outputs; so 2·0.8 + 1·0.5 and 3·0.8 + 4·0.5
    # at the hidden nodes, split back over the links as they were.
    network.train([1.0], [outputs[0] + 0.8, outputs[1] + 0.5], learning_rate=0.1)
    # 0.8 · 0.909 · (1 - 0.909) · 0.4 = 0.0265, a tenth of which is learnt.
    assert who[0, 0] == pytest.approx(2.00265, abs=1e-5)
    assert who[1, 1] == pytest.approx(4 + 0.1 * 0.5 * by_hand(2.4) * (1 - by_hand(2.4)) * 0.5)
    moved = (wih - before).ravel()
    assert moved == pytest.approx([0.1 * 2.1 * 0.4 * 0.6, 0.1 * 4.4 * 0.5 * 0.5])


def test_the_talks_network_learns_like_a_straight_transcription_of_its_mathematics() -> None:
    rng = np.random.default_rng(1)
    network = nn.Network.talk(6, 5, 3, rng=rng, learning_rate=0.3, dtype=np.float64)
    wih, who = network.layers[0].weights.copy(), network.layers[1].weights.copy()
    for _ in range(50):
        inputs, targets = rng.uniform(0.01, 1, 6), rng.uniform(0.01, 0.99, 3)
        network.train(inputs, targets)
        wih, who = transcribed_train(wih, who, inputs[:, None], targets[:, None], 0.3)
    np.testing.assert_allclose(network.layers[0].weights, wih, rtol=1e-12)
    np.testing.assert_allclose(network.layers[1].weights, who, rtol=1e-12)


def transcribed_train(
    wih: Array, who: Array, inputs: Array, targets: Array, learning_rate: float
) -> tuple[Array, Array]:
    hidden_outputs = 1 / (1 + np.exp(-(wih @ inputs)))
    final_outputs = 1 / (1 + np.exp(-(who @ hidden_outputs)))
    output_errors = targets - final_outputs
    hidden_errors = who.T @ output_errors
    who_step = (output_errors * final_outputs * (1 - final_outputs)) @ hidden_outputs.T
    wih_step = (hidden_errors * hidden_outputs * (1 - hidden_outputs)) @ inputs.T
    return wih + learning_rate * wih_step, who + learning_rate * who_step


def test_initial_weights_spread_by_the_nodes_that_they_lead_into() -> None:
    network = nn.Network.talk(784, 200, 10, rng=np.random.default_rng(2))
    assert network.layers[0].weights.shape == (200, 784)
    assert network.layers[1].weights.shape == (10, 200)
    for layer, nodes in zip(network.layers, (200, 10), strict=True):
        assert layer.weights.std() == pytest.approx(nodes**-0.5, rel=0.05)
        assert abs(layer.weights.mean()) < 0.1 * nodes**-0.5


def test_the_same_seed_gives_the_same_network() -> None:
    first, second, other = (
        nn.Network.talk(4, 3, 2, rng=np.random.default_rng(seed)) for seed in (7, 7, 8)
    )
    assert (first.weights == second.weights).all()
    assert (first.weights != other.weights).any()


def test_everything_is_float32() -> None:
    rng = np.random.default_rng(3)
    network = small_picture_network()
    network.initialise(rng)
    network.train(rng.random((2, 64)), nn.one_hot([0, 1], 3))
    assert network.weights.dtype == np.float32
    assert network.query(rng.random(64)).dtype == np.float32
    assert nn.scale_inputs(np.zeros(3, np.uint8)).dtype == np.float32
    assert nn.one_hot([1], 3).dtype == np.float32


def small_picture_network() -> nn.Network:
    layers: list[Layer] = [
        nn.Convolution(4, 3),
        nn.MaxPooling(),
        nn.Dense(8, "tanh"),
        nn.Dropout(0.25),
        nn.Dense(3, "softmax"),
    ]
    return nn.Network((8, 8, 1), layers)


def test_one_and_many_are_queried_alike() -> None:
    rng = np.random.default_rng(4)
    network = small_picture_network()
    network.initialise(rng)
    inputs = rng.random((5, 64), dtype=np.float32)
    together = network.query(inputs)
    assert together.shape == (5, 3)
    np.testing.assert_allclose(together.sum(axis=1), 1, rtol=1e-5)
    for one, answer in zip(inputs, together, strict=True):
        np.testing.assert_allclose(network.query(one), answer, rtol=1e-4)
    assert network.query(inputs[:0]).shape == (0, 3)


def test_a_batch_too_large_to_work_on_at_once_is_answered_in_order() -> None:
    rng = np.random.default_rng(5)
    network = nn.Network((64, 64, 1), [nn.Convolution(1, 8), nn.Dense(2, "tanh")])
    network.initialise(rng)
    inputs = rng.random((25, 64 * 64), dtype=np.float32)  # 16 at once
    singly = [network.query(one) for one in inputs]
    np.testing.assert_allclose(network.query(inputs), singly, rtol=1e-4, atol=1e-6)


def test_backquery_undoes_each_layer_as_worked_by_hand() -> None:
    network = nn.Network.talk(2, 2, 1, rng=np.random.default_rng(0), dtype=np.float64)
    network.layers[0].weights[...] = [[1.0, -1.0], [0.5, 2.0]]
    network.layers[1].weights[...] = [[1.0, 3.0]]
    # Whatever positive sum undoes the output, the hidden signals are 1 : 3 of it, so
    # rescaled 0.01 and 0.99. Undone, -4.595 and 4.595. The inputs are
    # -4.595 + 2.298 = -2.298 and 4.595 + 9.190 = 13.785, rescaled again.
    assert network.backquery([0.99]) == pytest.approx([0.01, 0.99])
    assert network.backquery([[0.99], [0.01]]).shape == (2, 2)
    assert network.backquery([[0.99], [0.01]])[1] == pytest.approx([0.99, 0.01])


def test_backquery_finds_the_inputs_again_where_a_layer_can_be_inverted() -> None:
    network = nn.Network(2, [nn.Dense(2)], dtype=np.float64)
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])  # its transpose is its inverse
    network.layers[0].weights[...] = turn
    network.layers[0].biases[...] = [0.3, -2.0]
    inputs = np.array([0.01, 0.99])
    assert network.backquery(network.query(inputs)) == pytest.approx(inputs)


def test_backquery_says_what_cannot_be_undone() -> None:
    network = small_picture_network()
    with pytest.raises(nn.BadArchitecture, match="back through dense with softmax"):
        network.backquery([0.1, 0.1, 0.8])
    talk = nn.Network.talk(2, 2, 2, rng=np.random.default_rng(0))
    with pytest.raises(nn.BadSignals, match=r"beyond 0 or 1"):
        talk.backquery([0.0, 1.0])


def test_backquery_of_a_network_that_knows_nothing_likes_everything_alike() -> None:
    network = nn.Network(3, [nn.Dense(2), nn.Dense(2)])  # all weights are 0
    assert network.backquery([0.01, 0.99]).tolist() == pytest.approx([0.01] * 3)


def test_weights_can_be_kept_and_restored() -> None:
    rng = np.random.default_rng(6)
    network = nn.Network.talk(4, 3, 2, rng=rng)
    inputs = rng.random(4)
    best, answer = network.weights.copy(), network.query(inputs)
    network.train(inputs, [0.99, 0.01])
    assert (network.query(inputs) != answer).any()
    network.weights = best
    assert (network.query(inputs) == answer).all()


def test_layers_given_to_two_networks_are_not_shared() -> None:
    layers = [nn.Dense(2)]
    first, second = nn.Network(3, layers), nn.Network(3, layers)
    first.initialise(np.random.default_rng(7))
    assert not second.weights.any()


def test_the_slope_against_the_inputs_agrees_with_central_differences() -> None:
    rng = np.random.default_rng(8)
    layers: list[Layer] = [
        nn.Convolution(2, 3, "tanh"),
        nn.MaxPooling(),
        nn.Dropout(0.5),
        nn.Dense(3, "softmax"),
    ]
    network = nn.Network((6, 6, 1), layers, dtype=np.float64)
    network.initialise(rng)
    inputs, weighing = rng.random(36), rng.normal(size=3)
    step = 1e-6 * np.eye(36)
    ups, downs = network.query(inputs + step), network.query(inputs - step)
    expected = (ups - downs) @ weighing / 2e-6
    np.testing.assert_allclose(network.input_gradient(inputs, weighing), expected, atol=1e-8)


def test_signals_of_the_wrong_shape_are_refused_in_one_line() -> None:
    network = nn.Network.talk(4, 3, 2, rng=np.random.default_rng(9))
    for inputs in ([0.1] * 3, [[0.1] * 5], [[[0.1] * 4]], 0.1):
        with pytest.raises(nn.BadSignals, match=r"inputs of shape .*allowed: \(4,\) or \(n, 4\)"):
            network.query(inputs)
    with pytest.raises(nn.BadSignals, match="targets of shape"):
        network.train([0.1] * 4, [0.1] * 3)
    with pytest.raises(nn.BadSignals, match="2 inputs for 1 targets"):
        network.train([[0.1] * 4] * 2, [0.1] * 2)
    with pytest.raises(nn.BadSignals, match="0 inputs for 0 targets"):
        network.train(np.empty((0, 4)), np.empty((0, 2)))


def test_architectures_that_make_no_network_are_refused_in_one_line() -> None:
    softmax_inside = [nn.Dense(2, "softmax"), nn.Dense(2)]
    for inputs, layers, loss, complaint in (
        (4, [], None, "0 layers"),
        ((4, 4), [nn.Dense(2)], None, "allowed: at least one, on"),
        (0, [nn.Dense(2)], None, r"on inputs \(0,\); allowed: .* of 1 to 1000000"),
        (4, [nn.Dense(2)], "hinge", "loss 'hinge'; allowed: squared error"),
        (4, [nn.Dense(2, "tanh")], "cross-entropy", "cross-entropy after tanh"),
        (4, softmax_inside, None, "softmax in a hidden layer"),
        (4, [nn.Convolution(2, 3)], None, "convolution layer: fed with"),
        (4, [nn.MaxPooling()], None, "max pooling layer: fed with"),
        ((4, 4, 1), [nn.Convolution(2, 5)], None, "kernel over"),
        ((4, 4, 1), [nn.MaxPooling(5)], None, "size 5 over"),
    ):
        with pytest.raises(nn.BadArchitecture, match=complaint) as caught:
            nn.Network(inputs, layers, loss=loss)
        assert "\n" not in str(caught.value)


def test_dropout_without_a_generator_is_refused_rather_than_left_out() -> None:
    network = nn.Network(4, [nn.Dropout(), nn.Dense(2)])
    with pytest.raises(nn.BadSignals, match=r"set network\.rng"):
        network.train([0.1] * 4, [0.1] * 2)


@pytest.mark.parametrize("loss", ["split error", "squared error", "cross-entropy"])
def test_a_made_up_problem_is_learnt_example_by_example(loss: str) -> None:
    rng = np.random.default_rng(10)
    prototypes = rng.integers(0, 2, (4, 36))
    labels = rng.integers(0, 4, 1200)
    inputs = np.clip(0.7 * prototypes[labels] + rng.uniform(0.01, 0.3, (1200, 36)), 0.01, 1)
    layers = [nn.Dense(20, has_biases=False), nn.Dense(4, has_biases=False)]
    network = nn.Network(36, layers, loss=loss)
    network.initialise(rng)
    untrained = accuracy(network, inputs[1000:], labels[1000:])
    for one, targets in zip(inputs[:1000], nn.one_hot(labels[:1000], 4), strict=True):
        network.train(one, targets)
    assert untrained < 0.7
    assert accuracy(network, inputs[1000:], labels[1000:]) > 0.97


def test_what_no_single_layer_can_learn_two_can() -> None:
    rng = np.random.default_rng(11)
    inputs = np.array([[0.01, 0.01], [0.01, 1], [1, 0.01], [1, 1]])
    targets = np.array([[0.01], [0.99], [0.99], [0.01]])
    network = nn.Network(2, [nn.Dense(8, "tanh"), nn.Dense(1)], loss="cross-entropy")
    network.initialise(rng)
    for _ in range(1000):
        network.train(inputs, targets, learning_rate=0.5)
    assert np.abs(network.query(inputs) - targets).max() < 0.1


def test_a_convolutional_network_learns_where_a_stroke_lies_across_and_where_down() -> None:
    rng = np.random.default_rng(12)
    labels = rng.integers(0, 2, 400)
    pictures = rng.uniform(0.01, 0.4, (400, 8, 8))
    for picture, label, place in zip(pictures, labels, rng.integers(0, 8, 400), strict=True):
        (picture.T if label else picture)[place] += 0.5
    network = nn.Network((8, 8, 1), [nn.Convolution(4, 3), nn.MaxPooling(), nn.Dense(2, "softmax")])
    network.initialise(rng)
    inputs, targets = pictures.reshape(400, 64), nn.one_hot(labels, 2, off=0, on=1)
    for _ in range(20):
        for start in range(0, 300, 20):
            network.train(inputs[start : start + 20], targets[start : start + 20])
    assert accuracy(network, inputs[300:], labels[300:]) > 0.95


def accuracy(network: nn.Network, inputs: Array, labels: NDArray[np.integer]) -> float:
    return float((network.query(inputs).argmax(axis=1) == labels).mean())


def test_the_talks_network_learns_a_slice_of_mnist(real_mnist: str) -> None:
    mnist = load_mnist(real_mnist)
    inputs = nn.scale_inputs(mnist.train_images[:6000].reshape(-1, 784))
    network = nn.Network.talk(rng=np.random.default_rng(13))
    for one, targets in zip(inputs, nn.one_hot(mnist.train_labels[:6000]), strict=True):
        network.train(one, targets)
    tests = nn.scale_inputs(mnist.test_images.reshape(-1, 784))
    assert 0.89 < accuracy(network, tests, mnist.test_labels) < 0.95


def test_importing_the_network_leaves_out_what_only_training_needs() -> None:
    program = "import sys, nn; print(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(nn.__file__).parents[1],
        check=True,
        capture_output=True,
        text=True,
    )
    loaded = set(done.stdout.split())
    assert "nn.network" in loaded
    assert not loaded & {"nn.optimisers", "gzip", "scipy", "PIL"}
