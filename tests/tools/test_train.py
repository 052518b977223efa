"""`inkling-desk train` as a command: what it writes, and what an interruption leaves."""

import os
import resource
import signal
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import nn
from device import preparation
from tests.tools.desk import inkling_desk, write_mnist
from tools.__main__ import build_parser
from tools.mnist import load_mnist
from tools.recipe import SHIPPED, base_recipe, build_network
from tools.training import Examples, Training, find_error, split

SMALL = (
    *("--network", "784-20-10", "--no-augment", "--held-out", "40", "--batch-size", "10"),
    *("--learning-rate", "0.01", "--average", "0.9", "--patience", "0", "--examples", "0"),
)
RECIPE = replace(
    base_recipe("784-20-10"),
    epochs=4,
    held_out=40,
    batch_size=10,
    learning_rate=0.01,
    average=0.9,
    patience=0,
    examples=0,
)


@pytest.fixture
def mnist(tmp_path: Path) -> Path:
    return write_mnist(tmp_path / "mnist")


def start(*words: object) -> subprocess.Popen[str]:
    """Begin a training and leave it running."""
    return subprocess.Popen(
        [sys.executable, "-m", "tools", "train", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_training_writes_weights_that_say_how_they_were_made(mnist: Path, tmp_path: Path) -> None:
    out = tmp_path / "made" / "small.npz"
    done = inkling_desk("train", *SMALL, "--epochs", 4, "--mnist", mnist, "--out", out)
    assert done.returncode == 0, done.stderr
    assert [line.split(":")[0] for line in done.stdout.splitlines()[1:5]] == [
        f"epoch {number}/4" for number in (1, 2, 3, 4)
    ]
    network = nn.load(out)
    network.self_test()
    card = network.card
    assert card.preparation == preparation.VERSION
    assert card.labels == tuple("0123456789")
    assert (card.trained["network"], card.trained["epochs"], card.trained["seed"]) == (
        "784-20-10",
        4,
        1,
    )
    digits = load_mnist(mnist)
    test = Examples(digits.test_images, digits.test_labels)
    assert card.accuracy["mnist_test_error"] == find_error(network, test) == 0
    assert "validation_error_digits" in card.accuracy
    assert sorted(path.name for path in out.parent.iterdir()) == ["small.npz", "small.png"]
    with Image.open(out.with_suffix(".png")) as picture:
        assert picture.format == "PNG"


def test_the_talks_network_learns_from_every_training_digit(mnist: Path, tmp_path: Path) -> None:
    out = tmp_path / "talk.npz"
    done = inkling_desk(
        "train", "--network", "talk", "--no-augment", "--mnist", mnist, "--out", out
    )
    assert done.returncode == 0, done.stderr
    trained = nn.load(out).card.trained
    assert (trained["epochs"], trained["held_out"], trained["learning_rate"]) == (5, 0, 0.1)
    assert done.stdout.startswith("talk: 200 examples\n")


def test_distorted_digits_teach_an_eleventh_answer(mnist: Path, tmp_path: Path) -> None:
    out = tmp_path / "eleven.npz"
    words = ("--network", "20", "--epochs", 2, "--examples", 0, "--held-out", 40)
    done = inkling_desk("train", *words, "--workers", 1, "--mnist", mnist, "--out", out)
    assert done.returncode == 0, done.stderr
    assert nn.load(out).card.labels == (*"0123456789", "none")


def test_ctrl_c_keeps_the_best_so_far_and_leaves_what_resuming_needs(
    mnist: Path, tmp_path: Path
) -> None:
    out = tmp_path / "small.npz"
    training = start(*SMALL, "--epochs", 10_000, "--mnist", mnist, "--out", out)
    with training:
        assert training.stdout is not None
        for line in training.stdout:
            if line.startswith("epoch 2/"):
                break
        training.send_signal(signal.SIGINT)
        said, errors = training.communicate(timeout=60)
    assert training.returncode == 0, errors
    assert "interrupted: kept epoch" in said
    assert "Traceback" not in errors
    assert nn.load(out).card.trained["best_epoch"] >= 1
    assert out.with_suffix(".checkpoint.npz").exists()


def test_ctrl_c_with_workers_ends_without_a_traceback(mnist: Path, tmp_path: Path) -> None:
    """A terminal sends Ctrl-C to every process of the group, workers included."""
    out = tmp_path / "small.npz"
    words = ("--network", "20", "--examples", "0", "--held-out", "40", "--epochs", "10000")
    training = subprocess.Popen(
        [sys.executable, "-m", "tools", "train", *words, "--mnist", mnist, "--out", out],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with training:
        assert training.stdout is not None
        assert training.stdout.readline().startswith("20: 160 examples, validated on 40 digits")
        assert training.stdout.readline().startswith("epoch 1/")
        os.killpg(training.pid, signal.SIGINT)
        said, errors = training.communicate(timeout=60)
    assert training.returncode == 0, errors
    assert errors == ""
    assert "interrupted: kept epoch" in said


def test_ctrl_c_before_the_first_epoch_says_that_nothing_is_kept(tmp_path: Path) -> None:
    out = tmp_path / "small.npz"
    mnist = write_mnist(tmp_path / "large", train=5_000)
    words = (*SMALL, "--network", "784-2000-10", "--batch-size", "1", "--learning-rate", "0.001")
    training = start(*words, "--mnist", mnist, "--out", out)
    with training:
        assert training.stdout is not None
        assert training.stdout.readline().startswith("784-2000-10: 4960 examples")
        training.send_signal(signal.SIGINT)
        _, errors = training.communicate(timeout=60)
    assert training.returncode == 1
    assert errors.splitlines() == [
        "inkling-desk: interrupted before the first epoch ended: nothing to keep"
    ]
    assert not out.exists()


def test_resuming_gives_what_was_cut_off(mnist: Path, tmp_path: Path) -> None:
    whole, resumed = tmp_path / "whole.npz", tmp_path / "resumed.npz"
    words = (*SMALL, "--epochs", 4, "--mnist", mnist)
    assert inkling_desk("train", *words, "--out", whole).returncode == 0
    train_half(mnist, resumed.with_suffix(".checkpoint.npz"))
    done = inkling_desk("train", *words, "--out", resumed, "--resume")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1].startswith("epoch 3/4")
    # To the last bit only where both multiply on as many threads, as test_training does.
    assert np.allclose(nn.load(whole).weights, nn.load(resumed).weights, atol=1e-5)


def train_half(mnist: Path, checkpoint: Path) -> None:
    """The first two epochs of what the command trains with SMALL, as if it was cut then."""
    digits = load_mnist(mnist)
    examples = Examples(digits.train_images, digits.train_labels)
    rng = np.random.default_rng([RECIPE.seed, RECIPE.held_out])
    rest, held_out = split(examples, RECIPE.held_out, rng)
    training = Training(build_network(RECIPE), RECIPE)
    for _ in range(2):
        training.run_epoch(rest, {"digits": held_out})
    training.save(checkpoint)


def test_resuming_with_other_options_or_nothing_is_one_line(mnist: Path, tmp_path: Path) -> None:
    out = tmp_path / "small.npz"
    words = ("train", *SMALL, "--epochs", 4, "--mnist", mnist, "--out", out, "--resume")
    nothing = inkling_desk(*words)
    assert nothing.returncode == 1
    assert "small.checkpoint.npz: no such file" in nothing.stderr
    train_half(mnist, out.with_suffix(".checkpoint.npz"))
    other = inkling_desk(*words, "--seed", 7)
    assert other.returncode == 1
    assert "was begun with seed 1, not 7" in other.stderr
    assert len(other.stderr.splitlines()) == 1


def test_a_full_disk_is_one_line_and_the_old_weights_stay(mnist: Path, tmp_path: Path) -> None:
    out = tmp_path / "small.npz"
    out.write_bytes(b"the old weights")
    done = subprocess.run(
        [sys.executable, "-m", "tools", "train", *SMALL, "--mnist", mnist, "--out", out],
        # No file may grow beyond 20 kB: what a full disk does, without needing one.
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert "small.checkpoint.npz: cannot be written: file too large" in done.stderr
    assert out.read_bytes() == b"the old weights"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mnist", "small.npz"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--network", "784-x"), "'x' is no layer"),
        (("--network", "200", "--held-out", "200"), "there are 200 training digits"),
        (("--out", "weights.txt"), "ends in .npz"),
        (("--mnist", "nowhere"), "nowhere"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    mnist: Path, tmp_path: Path, words: tuple[str, str], said: str
) -> None:
    out = tmp_path / "a.npz"
    done = inkling_desk("train", "--mnist", mnist, "--out", out, *words)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert said in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("--epochs", "0"),
        ("--epochs", "many"),
        ("--learning-rate", "nan"),
        ("--learning-rate", "-1"),
        ("--average", "1"),
        ("--settling", "1.5"),
        ("--optimiser", "magic"),
        ("--seed", "-1"),
        ("--workers", "1.5"),
        ("--unknown",),
    ],
)
def test_values_that_cannot_be_meant_are_wrong_usage(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        build_parser("train").parse_args(["train", *words])
    assert ended.value.code == 2
    assert words[0] in capsys.readouterr().err


def test_the_shipped_weights_were_made_by_the_shipped_recipe() -> None:
    card = nn.load(nn.SHIPPED_WEIGHTS).card
    assert card.preparation == preparation.VERSION
    assert asdict(SHIPPED).items() <= card.trained.items()
    assert nn.SHIPPED_WEIGHTS.stat().st_size <= 1_000_000
