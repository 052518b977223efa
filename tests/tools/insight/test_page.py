"""The report's page: whole in itself, escaped, and told to those who can't see it."""

import base64
import io
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import nn
from tests.tools.desk import write_bar_network, write_mnist, write_sure_network
from tools.insight.looking import Findings, Query, look
from tools.insight.page import build_page, describe_layers
from tools.mnist import load_mnist

EVIL = "<script>alert('&\"')</script>"
VOID = {"meta", "img", "br"}


class Page(HTMLParser):
    """A page taken apart: its elements with their attributes, its text, and whether it nests."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("page")


@pytest.fixture(scope="module")
def views(folder: Path) -> list[Findings]:
    """One network that errs in nine of ten, and one that never does."""
    mnist = load_mnist(write_mnist(folder / "mnist"))
    paths = write_sure_network(folder / "sure.npz", 3), write_bar_network(folder / "bars.npz")
    return [look(nn.load(path), mnist, None, []) for path in paths]


def test_the_page_is_well_formed_and_needs_nothing_else(views: list[Findings]) -> None:
    text = build_page(views)
    page = Page(text)
    assert not page.all("script")
    assert not page.all("link")
    assert all(str(image["src"]).startswith("data:image/png;base64,") for image in page.all("img"))
    assert "http" not in re.sub(r"http-equiv", "", text)
    assert "url(" not in text
    policy = {meta.get("http-equiv"): meta.get("content") for meta in page.all("meta")}
    assert str(policy["Content-Security-Policy"]).startswith("default-src 'none'; img-src data:")


def test_every_picture_says_what_it_shows(views: list[Findings]) -> None:
    page = Page(build_page(views))
    images = page.all("img")
    assert len(images) > 60
    assert all(len(str(image["alt"])) > 5 for image in images)
    maps = page.all("svg")
    assert len(maps) == 2
    assert all(drawing["role"] == "img" and drawing["aria-label"] for drawing in maps)


def test_pictures_are_the_very_glyphs(views: list[Findings]) -> None:
    page = Page(build_page(views[:1]))
    misread = views[0].score.misread[0]
    words = f"a {misread.label} read as 3, {misread.confidence:.0%} sure, {misread.where}"
    (source,) = {str(image["src"]) for image in page.all("img") if image["alt"] == words}
    content = base64.b64decode(source.removeprefix("data:image/png;base64,"))
    with Image.open(io.BytesIO(content)) as picture:
        assert np.array_equal(np.asarray(picture), 255 - misread.glyph)


def test_counts_are_told(views: list[Findings]) -> None:
    words = Page(build_page(views)).words
    assert "Of 50 digits 45 were misread." in words  # five of each digit, and 3 is always said
    assert "0 as 3 (5 times)" in words
    assert "Of 50 digits 0 were misread." in words


def test_layers_are_told_with_their_groups() -> None:
    layers = [nn.Convolution(4, 3), nn.Convolution(6, 26, groups=2), nn.Dense(10, "softmax")]
    assert describe_layers(nn.Network((28, 28, 1), layers)) == (
        "784 inputs → convolution 26 × 26 × 4 relu → convolution 1 × 1 × 6 in 2 groups relu"
        " → dense 10 softmax"
    )


def test_both_light_and_dark_are_cared_for(views: list[Findings]) -> None:
    text = build_page(views)
    assert "color-scheme: light dark" in text
    assert "prefers-color-scheme: dark" in text


def test_whatever_a_card_or_a_file_name_says_stays_text(
    views: list[Findings], folder: Path
) -> None:
    view = views[0]
    card = replace(
        view.network.card, name=EVIL, trained={EVIL: EVIL, "seed": 1}, accuracy={EVIL: 0.5}
    )
    network = nn.load(folder / "sure.npz")
    network.card = card
    score = view.score._replace(misread=[view.score.misread[0]._replace(where=EVIL)])
    queries = [Query(query.glyph, EVIL) for query in view.queries]
    page = Page(build_page([replace(view, network=network, score=score, queries=queries)]))
    assert not page.all("script")
    # The network's name, what was trained, twice, the accuracy, and the name of each query.
    assert page.words.count(EVIL) == 4 + len(queries)
    assert any(EVIL in str(image["alt"]) for image in page.all("img"))
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
