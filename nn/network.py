"""The network: initialise, train, query, and backquery.

It is the network of Tariq Rashid's talk "A Gentle Introduction to Neural
Networks (with Python)", grown to any stack of layers. `Network.talk` is the one
of the talk; everything else is the same three operations.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from nn.activations import Array
from nn.card import Card
from nn.errors import BadArchitecture, BadSignals
from nn.layers import Dense, Dropout, Layer, Shape, connect, count_parameters
from nn.losses import loss_for
from nn.signals import rescale

if TYPE_CHECKING:  # the appliance doesn't train, and is spared the import
    from nn.optimisers import Optimiser

# How many numbers a query works on at once: a large batch is cut to it, so that
# memory stays bounded and close to the processor.
_AT_ONCE = 2**21


class Network:
    """Layers of nodes that signals are fed forward through and errors are fed back through.

    Parameters
    ----------
    inputs
        The number of input nodes, or (rows, columns, channels) of a picture.
        Inputs are given flat either way.
    layers
        From the first hidden layer to the output layer. They are descriptions:
        the network makes its own copies.
    loss
        "squared error", "cross-entropy" (with a sigmoid or softmax output) or
        "split error", the talk's. By default cross-entropy with softmax, else
        squared error.
    learning_rate
        Moderates every change of the weights, unless `train` is told otherwise.
    dtype
        float32; float64 is for checking gradients.

    Examples
    --------
    >>> rng = np.random.default_rng(3)
    >>> network = Network.talk(inputs=2, hidden_nodes=3, outputs=1, rng=rng)
    >>> network.query([0.01, 1.0]).shape
    (1,)
    >>> before = network.train([0.01, 1.0], [0.99])
    >>> network.train([0.01, 1.0], [0.99]) < before
    True
    """

    def __init__(
        self,
        inputs: int | Shape,
        layers: Sequence[Layer],
        *,
        loss: str | None = None,
        learning_rate: float = 0.1,
        dtype: DTypeLike = np.float32,
    ) -> None:
        self.inputs = (inputs,) if isinstance(inputs, int) else tuple(inputs)
        self.layers = connect(self.inputs, layers)
        self.outputs = prod(self.layers[-1].outputs)
        softmax = self.layers[-1].activation == "softmax"
        self.loss = loss or ("cross-entropy" if softmax else "squared error")
        self._loss = loss_for(self.loss, self.layers[-1].activation)
        self.learning_rate = learning_rate
        self.rng: np.random.Generator | None = None
        """What dropout draws from; `initialise` keeps the generator that it was given."""
        self._weights: Array = np.zeros(count_parameters(self.layers), dtype)
        for number, name, view in self._views(self._weights):
            setattr(self.layers[number], name, view)

    @classmethod
    def talk(
        cls,
        inputs: int = 784,
        hidden_nodes: int = 200,
        outputs: int = 10,
        *,
        rng: np.random.Generator,
        learning_rate: float = 0.1,
        dtype: DTypeLike = np.float32,
    ) -> Self:
        """Return the network of the talk, initialised.

        Sigmoid nodes without biases. Link weights come from a normal distribution
        with the standard deviation (nodes)^-0.5 of the layer that they lead into.
        Errors are split back by the link weights alone, and weights are moved
        against the slope of the squared error. `layers[0].weights` is the talk's
        `wih`, `layers[1].weights` its `who`.
        """
        layers = [Dense(hidden_nodes, has_biases=False), Dense(outputs, has_biases=False)]
        network = cls(inputs, layers, loss="split error", learning_rate=learning_rate, dtype=dtype)
        network.initialise(rng)
        return network

    def initialise(self, rng: np.random.Generator) -> None:
        """Draw new weights, spread as each layer's activation wants them; biases are 0."""
        self.rng = rng
        for layer in self.layers:
            layer.initialise(rng)

    def train(
        self,
        inputs: ArrayLike,
        targets: ArrayLike,
        *,
        learning_rate: float | None = None,
        optimiser: "Optimiser | None" = None,
    ) -> float:
        """Move the weights one step towards giving `targets` for `inputs`.

        Parameters
        ----------
        inputs, targets
            One example, (inputs,) and (outputs,), or a batch, (n, inputs) and
            (n, outputs), which is learnt from as a whole, by its mean.
        learning_rate
            Instead of the network's own.
        optimiser
            Makes the step; plain gradient descent without one.

        Returns
        -------
        float
            The mean loss over the examples as it was before the step.

        Raises
        ------
        BadSignals
            When inputs or targets don't fit the network.
        """
        gradients, loss = self.find_gradients(inputs, targets)
        self.step(gradients, learning_rate=learning_rate, optimiser=optimiser)
        return loss

    def find_gradients(self, inputs: ArrayLike, targets: ArrayLike) -> tuple[Array, float]:
        """Return the slope of the mean loss against all weights, and that loss; see `train`.

        The slopes are one vector as `weights` is, and live: the next call writes over them.
        """
        signals, _ = self._batch(inputs, "inputs", prod(self.inputs))
        wanted, _ = self._batch(targets, "targets", self.outputs)
        if len(signals) != len(wanted) or not len(signals):
            raise BadSignals(
                f"{len(signals)} inputs for {len(wanted)} targets; allowed: as many of both, from 1"
            )
        if self.rng is None and any(isinstance(layer, Dropout) for layer in self.layers):
            raise BadSignals("dropout has no generator to draw from; set network.rng")
        outputs = self._feed_forward(signals, remember=True, rng=self.rng)
        gradients = self._feed_back((outputs - wanted) / len(signals))
        return gradients, self._loss.value(outputs, wanted) / len(signals)

    def step(
        self,
        gradients: Array,
        *,
        learning_rate: float | None = None,
        optimiser: "Optimiser | None" = None,
    ) -> None:
        """Move the weights one step against their gradients, which are used up; see `train`."""
        rate = self.learning_rate if learning_rate is None else learning_rate
        if optimiser is None:
            gradients *= rate
            self._weights -= gradients
        else:
            optimiser.step(self._weights, gradients, rate)

    def query(self, inputs: ArrayLike) -> Array:
        """Return what the network makes of its inputs.

        Parameters
        ----------
        inputs
            One example, (inputs,), or a batch, (n, inputs); values 0.01 to 1.0.

        Returns
        -------
        array of float32
            (outputs,) or (n, outputs).
        """
        signals, single = self._batch(inputs, "inputs", prod(self.inputs))
        outputs = np.empty((len(signals), self.outputs), self._weights.dtype)
        step = max(1, _AT_ONCE // max(layer.working_size() for layer in self.layers))
        for start in range(0, len(signals), step):
            part = slice(start, start + step)
            outputs[part] = self._feed_forward(signals[part], remember=False, rng=None)
        return outputs[0] if single else outputs

    def backquery(self, targets: ArrayLike) -> Array:
        """Run the network backwards, to see what it would like to see for an answer.

        As in the talk's book: every layer's activation is undone, signals go back
        over the transposed link weights and are rescaled to 0.01 to 0.99.

        Parameters
        ----------
        targets
            (outputs,) or (n, outputs), each above 0 and below 1, such as 0.01 and 0.99.

        Returns
        -------
        array of float32
            (inputs,) or (n, inputs), from 0.01 to 0.99.

        Raises
        ------
        BadArchitecture
            When a layer isn't a dense layer of sigmoid nodes, which alone can be undone.
        """
        signals, single = self._batch(targets, "targets", self.outputs)
        if not ((signals > 0) & (signals < 1)).all():
            raise BadSignals("targets at or beyond 0 or 1; allowed: between, such as 0.01 and 0.99")
        for layer in reversed(self.layers):
            if not isinstance(layer, Dense) or layer.activation != "sigmoid":
                raise BadArchitecture(
                    f"cannot query back through {layer.kind} with {layer.activation};"
                    " allowed: dense layers of sigmoid nodes"
                )
            sums = np.log(signals / (1 - signals))
            signals = rescale((sums - layer.biases if layer.has_biases else sums) @ layer.weights)
        return signals[0] if single else signals

    def input_gradient(self, inputs: ArrayLike, outputs_gradient: ArrayLike) -> Array:
        """Return the slope against the inputs of something with a known slope against the outputs.

        Shapes as in `train`; dropout is off. Useful to see what an answer hangs on.
        """
        signals, single = self._batch(inputs, "inputs", prod(self.inputs))
        errors, _ = self._batch(outputs_gradient, "outputs_gradient", self.outputs)
        self._feed_forward(signals, remember=True, rng=None)
        errors = errors.reshape(-1, *self.layers[-1].outputs)
        for layer in reversed(self.layers):
            errors = layer.feed_back(layer.function.back(errors, layer.given))
        errors = errors.reshape(signals.shape)
        return errors[0] if single else errors

    def save(self, path: str | Path, card: Card, example: ArrayLike | None = None) -> None:
        """Write the network to an .npz file, whole or not at all; see `nn.store.save`."""
        from nn.store import save  # which in turn needs networks

        save(self, path, card, example)

    @property
    def weights(self) -> Array:
        """All weights and biases as one vector, live: copy it to keep it, assign to restore it."""
        return self._weights

    @weights.setter
    def weights(self, weights: ArrayLike) -> None:
        self._weights[...] = weights

    def architecture(self) -> dict[str, Any]:
        """Describe the network without its weights, ready for JSON."""
        layers = [{"kind": layer.kind, **layer.settings()} for layer in self.layers]
        return {"inputs": list(self.inputs), "layers": layers, "loss": self.loss}

    def arrays(self) -> dict[str, Array]:
        """Return every layer's weights and biases by name, such as "layer1_weights"; live."""
        return {
            f"layer{number + 1}_{name}": view for number, name, view in self._views(self._weights)
        }

    def _views(self, vector: Array) -> Iterator[tuple[int, str, Array]]:
        """Yield each layer's number, and by name its share of a vector of all parameters."""
        start = 0
        for number, layer in enumerate(self.layers):
            for name, shape in layer.parameter_shapes().items():
                end = start + prod(shape)
                yield number, name, vector[start:end].reshape(shape)
                start = end

    def _batch(self, signals: ArrayLike, name: str, nodes: int) -> tuple[Array, bool]:
        batch: Array = np.asarray(signals, dtype=self._weights.dtype)
        if batch.ndim not in (1, 2) or batch.shape[-1] != nodes:
            raise BadSignals(f"{name} of shape {batch.shape}; allowed: ({nodes},) or (n, {nodes})")
        return batch.reshape(-1, nodes), batch.ndim == 1

    def _feed_forward(
        self, signals: Array, remember: bool, rng: np.random.Generator | None
    ) -> Array:
        signals = signals.reshape(-1, *self.inputs)
        for layer in self.layers:
            signals = layer.feed_forward(signals, remember, rng)
        return signals.reshape(len(signals), -1)

    def _feed_back(self, errors: Array) -> Array:
        """Return the gradients of all weights; `errors` are the outputs' (outputs - targets)."""
        gradients = self._gradients
        first, last = self.layers[0], self.layers[-1]
        errors = errors.reshape(-1, *last.outputs)
        for layer in reversed(self.layers):
            if layer is last and self._loss.cancels_slope:
                deltas = errors
            else:
                deltas = layer.function.back(errors, layer.given)
            layer.find_gradients(deltas)
            if layer is not first:  # nobody asks what the inputs should have been
                errors = layer.feed_back(errors if self._loss.splits else deltas)
        return gradients

    @cached_property
    def _gradients(self) -> Array:
        """The vector that the layers write their gradients to; only training pays for it."""
        gradients = np.zeros_like(self._weights)
        for layer in self.layers:
            layer.gradients = {}
        for number, name, view in self._views(gradients):
            self.layers[number].gradients[name] = view
        return gradients
