import math

import numpy as np
import pytest

from nn.errors import BadArchitecture
from nn.losses import loss_for


def test_losses_give_hand_worked_values() -> None:
    outputs, targets = np.array([[0.2, 0.8]]), np.array([[0.0, 1.0]])
    assert loss_for("squared error", "sigmoid").value(outputs, targets) == pytest.approx(0.04)
    assert loss_for("split error", "sigmoid").value(outputs, targets) == pytest.approx(0.04)
    choice, node = -math.log(0.8), -math.log(0.8) * 2
    assert loss_for("cross-entropy", "softmax").value(outputs, targets) == pytest.approx(choice)
    assert loss_for("cross-entropy", "sigmoid").value(outputs, targets) == pytest.approx(node)


@pytest.mark.parametrize("activation", ["sigmoid", "softmax"])
def test_cross_entropy_stays_finite_when_the_network_is_surely_wrong(activation: str) -> None:
    outputs = np.array([[0.0, 1.0]], np.float32)
    targets = np.array([[1.0, 0.0]], np.float32)
    value = loss_for("cross-entropy", activation).value(outputs, targets)
    assert 50 < value < 1000


def test_unknown_losses_are_refused() -> None:
    with pytest.raises(BadArchitecture, match="loss 'hinge'; allowed: squared error, split"):
        loss_for("hinge", "sigmoid")
    with pytest.raises(BadArchitecture, match="after relu outputs; allowed: sigmoid, softmax"):
        loss_for("cross-entropy", "relu")
