"""A recipe names a network and how fast it learns."""

import numpy as np
import pytest

import nn
from tools.errors import BadOption
from tools.recipe import DECAYS, SHIPPED, TALK, Recipe, base_recipe, build_network, parse_layers


def test_dense_layers_are_read_with_or_without_their_ends() -> None:
    for words in ("784-200-10", "200-10", "784-200", "200"):
        layers = parse_layers(words, 10)
        assert [layer.settings()["nodes"] for layer in layers] == [200, 10]
        assert [layer.activation for layer in layers] == ["relu", "softmax"]


def test_convolutions_pools_and_dropout_are_read() -> None:
    layers = parse_layers("conv5x16-pool-drop25-conv3x8-pool-128", 11)
    assert [layer.kind for layer in layers] == [
        "convolution",
        "max pooling",
        "dropout",
        "convolution",
        "max pooling",
        "dense",
        "dense",
    ]
    assert (layers[0].settings()["size"], layers[0].settings()["channels"]) == (5, 16)
    assert layers[2].settings()["share"] == 0.25
    assert layers[-1].settings()["nodes"] == 11


def test_norm_takes_over_the_activation_of_the_layer_before_it() -> None:
    layers = parse_layers("conv3x8-norm-pool-20-norm", 11)
    assert [(layer.kind, layer.activation) for layer in layers] == [
        ("convolution", "linear"),
        ("batch normalisation", "relu"),
        ("max pooling", "linear"),
        ("dense", "linear"),
        ("batch normalisation", "relu"),
        ("dense", "softmax"),
    ]
    assert [layers[place].settings()["has_biases"] for place in (0, 3, 5)] == [False, False, True]


def test_groups_and_the_columns_at_the_end_are_read() -> None:
    layers = parse_layers("conv3x8-conv26x6g2-columns2", 11)
    assert [layer.settings().get("groups") for layer in layers] == [1, 2, None]
    assert layers[-1].settings() == {"columns": 2, "nodes": 11, "activation": "softmax"}


def test_columns_anywhere_else_are_no_layer() -> None:
    with pytest.raises(BadOption, match="'columns2' is no layer"):
        parse_layers("columns2-20", 11)


@pytest.mark.parametrize("words", ["norm-20", "20-pool-norm", "20-norm-norm"])
def test_norm_after_no_layer_of_nodes_is_refused(words: str) -> None:
    with pytest.raises(BadOption, match="norm follows no layer of nodes"):
        parse_layers(words, 10)


@pytest.mark.parametrize(
    "words", ["", "-", "784-x-10", "conv5", "conv0x3-pool", "200--10", "1e3", "٣", "drop100-5"]
)
def test_what_is_no_layer_is_named_with_what_is_allowed(words: str) -> None:
    with pytest.raises(BadOption, match="is no layer; allowed: talk, shipped, or layers such as"):
        parse_layers(words, 10)


def test_outputs_that_do_not_fit_the_examples_are_refused() -> None:
    with pytest.raises(BadOption, match="11 outputs are trained here, not 10"):
        parse_layers("784-200-10", 11)


def test_layers_that_do_not_fit_each_other_are_refused() -> None:
    with pytest.raises(nn.BadArchitecture):
        build_network(Recipe("conv5x2-pool-pool-pool-pool-pool"))


def test_the_talk_is_as_in_the_talk() -> None:
    network = build_network(base_recipe("talk"))
    assert [layer.settings()["nodes"] for layer in network.layers] == [200, 10]
    assert network.loss == "split error"
    assert (TALK.learning_rate, TALK.epochs, TALK.batch_size, TALK.held_out) == (0.1, 5, 1, 0)
    assert not TALK.augment
    assert not TALK.shuffle


def test_the_same_seed_gives_the_same_network() -> None:
    one, same = build_network(Recipe("20", seed=3)), build_network(Recipe("20", seed=3))
    other = build_network(Recipe("20", seed=4))
    assert np.array_equal(one.weights, same.weights)
    assert not np.array_equal(one.weights, other.weights)


def test_other_networks_are_trained_like_the_shipped_one() -> None:
    assert base_recipe("shipped") == SHIPPED
    assert base_recipe("300").weight_decay == SHIPPED.weight_decay
    assert base_recipe("300-norm").learning_rate == SHIPPED.learning_rate
    assert base_recipe("300").learning_rate == SHIPPED.learning_rate / 2


@pytest.mark.parametrize(("settling", "milder"), [(0.0, 0), (0.25, 2), (0.3, 3), (1.0, 8)])
def test_the_last_epochs_distort_less(settling: float, milder: int) -> None:
    recipe = Recipe("20", epochs=8, settling=settling)
    strengths = [recipe.strength(epoch) for epoch in range(1, 9)]
    assert strengths == [1.0] * (8 - milder) + [0.5] * milder


@pytest.mark.parametrize("name", DECAYS)
def test_learning_rates_start_whole_and_never_grow(name: str) -> None:
    shares = [DECAYS[name](done) for done in np.linspace(0, 1, 50).tolist()]
    assert shares[0] == 1
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] > 0
