"""The findings as one web page that needs nothing else: no network, no script, no other file."""

import base64
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

import nn
from tools.insight.drawing import (
    DIGIT_COLOURS,
    MOST_MISREAD,
    MOST_WEIGHTS,
    middles,
    weights_sheet,
)
from tools.insight.imagining import Imagined
from tools.insight.looking import Findings
from tools.insight.misreading import Score

MAP_SIDE = 640

STYLE = """
:root { color-scheme: light dark; --ink: #22262b; --faint: #667079; --paper: #fbfbf9;
  --card: #ffffff; --line: #dfe3e6; --accent: #1f6fb4; --wrong: #b5352a; }
.row .query img { border: 2px solid var(--accent); }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaec; --faint: #9aa4ad; --paper: #15181b;
  --card: #1d2125; --line: #343a40; --accent: #6cb2ec; --wrong: #ff8d80; }
  /* Chalk on a board; the borders are turned over as well, so theirs are given in the opposite. */
  img.ink { filter: invert(1); border-color: #cbc5bf; }
  .row .query img.ink { border-color: #934d13; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2.5rem 1.25rem 4rem; max-width: 62rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; }
h1 { font-size: 2.1rem; line-height: 1.2; margin: 0 0 .4rem; }
h2 { font-size: 1.6rem; margin: 3.5rem 0 .5rem; padding-top: 1.5rem;
  border-top: 3px solid var(--accent); }
h3 { font-size: 1.15rem; margin: 2.4rem 0 .3rem; }
p { max-width: 44rem; margin: .4rem 0 1rem; }
.means, figcaption { color: var(--faint); font-size: .85rem; }
.row { display: flex; flex-wrap: wrap; gap: .6rem; margin: .8rem 0; padding: 0; list-style: none; }
figure { margin: 0; text-align: center; }
.row figure { width: 3.9rem; }
img { image-rendering: pixelated; display: block; border: 1px solid var(--line); width: 100%; }
.row img { border-radius: 4px; }
.wrong { color: var(--wrong); }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; margin: 1rem 0;
  padding: 1rem 1.2rem; background: var(--card); border: 1px solid var(--line);
  border-radius: 8px; }
.facts dt { color: var(--faint); } .facts dd { margin: 0; overflow-wrap: anywhere; }
svg { display: block; width: 100%; max-width: 44rem; background: var(--card);
  border: 1px solid var(--line); border-radius: 8px; }
svg .ring { fill: none; stroke: var(--ink); } svg text { paint-order: stroke;
  stroke: var(--card); stroke-width: 5px; font: bold 26px system-ui, sans-serif; }
@media (max-width: 30rem) { .row { gap: .6rem .4rem; }
  .row figure { width: calc(20% - .32rem); } }
footer { margin-top: 4rem; color: var(--faint); font-size: .85rem; }
"""


def build_page(views: Sequence[Findings]) -> str:
    """The whole page, one part for each network."""
    parts = "\n".join(build_part(view) for view in views)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>The mind of a network that reads handwriting</title>
<style>{STYLE}</style>
</head>
<body>
<header>
<h1>The mind of a network that reads handwriting</h1>
<p>A small network learnt to read digits from examples alone. Nobody told it what a digit is. This
page shows what it made of them: what it imagines, what it looks for, what it holds alike, and
where it is wrong.</p>
</header>
<main>
{parts}
</main>
<footer>Made by inkling from the network’s weights and the MNIST digits. The page is whole in
itself: keep it, send it, open it anywhere.</footer>
</body>
</html>
"""


def build_part(view: Findings) -> str:
    """All about one network."""
    sections = [
        f"<h2>{escape(view.network.card.name)}</h2>",
        describe(view.network),
        "<h3>What it imagines</h3>",
        "<p>Asked to draw instead of to read. Below each picture stands how sure the network is, "
        "from 0 to 1, when it is shown its own drawing.</p>",
        *(show_imagined(way) for way in view.imagined),
        "<h3>What it looks for</h3>",
        show_weights(view),
        "<h3>How it arranges digits</h3>",
        show_map(view),
        "<h3>What it gets wrong</h3>",
        show_misread(view.score),
        show_neighbours(view),
    ]
    return "<section>\n" + "\n".join(sections) + "\n</section>"


def describe(network: nn.LoadedNetwork) -> str:
    """The network's card."""
    card = network.card
    facts: list[tuple[str, Any]] = [
        ("layers", describe_layers(network)),
        ("weights", f"{network.weights.size:,}"),
        *((name, f"{100 * share:.2f} %") for name, share in card.accuracy.items()),
    ]
    return (
        f"{list_facts(facts)}\n<details><summary>How it was trained</summary>"
        f"{list_facts(card.trained.items())}</details>"
    )


def list_facts(facts: Iterable[tuple[str, Any]]) -> str:
    """Names and what is to be said of them."""
    rows = [
        f"<dt>{escape(name.replace('_', ' '))}</dt><dd>{escape(str(fact))}</dd>"
        for name, fact in facts
    ]
    return f'<dl class="facts">{"".join(rows)}</dl>'


def describe_layers(network: nn.Network) -> str:
    """The layers in a line."""
    words = [f"{int(np.prod(network.inputs))} inputs"]
    for layer in network.layers:
        size = " × ".join(map(str, layer.outputs))
        parts = layer.groups if isinstance(layer, nn.Convolution) else 1
        groups = f" in {parts} groups" if parts > 1 else ""
        plain = not layer.parameter_shapes()
        activation = "" if plain else f" {layer.activation}"
        words.append(f"{layer.kind} {size}{groups}{activation}")
    return " → ".join(words)


def show_imagined(way: Imagined) -> str:
    """A row of ten imagined digits."""
    figures = [
        glyph(
            to_grey(1 - picture),
            f"what the network imagines a {digit} to be; it is {confidence:.3f} sure of it",
            f"{confidence:.3f}",
        )
        for digit, (picture, confidence) in enumerate(
            zip(way.pictures, way.confidences, strict=True)
        )
    ]
    return f'{row(figures)}\n<p class="means">{escape(way.means)}</p>'


def show_weights(view: Findings) -> str:
    """The first layer's weights on one sheet."""
    shown = min(len(view.weights), MOST_WEIGHTS)
    rows, columns = view.weights.shape[1:]
    sheet = weights_sheet(view.weights, 16 if shown > 16 else 8)
    count = len(view.weights)
    which = f"These are the {shown} strongest of {count}." if shown < count else "These are all."
    words = (
        f"the weights of {shown} nodes of the first layer as small pictures of {rows} by {columns} "
        "pixels, blue where ink excites the node and red where it inhibits"
    )
    return (
        f"<p>Each node of the first layer looks at {rows} × {columns} pixels. Ink where its "
        "picture is blue excites it, ink where it is red holds it down. "
        f"{which}</p>\n"
        f'<figure><img src="{to_url(sheet)}" alt="{escape(words)}"></figure>'
    )


def show_map(view: Findings) -> str:
    """The map of the hidden layer as a drawing in the page itself."""
    places, (labels, answers) = view.map.places, view.mapped.T
    low, high = places.min(axis=0), places.max(axis=0)
    spread = np.where(high > low, high - low, 1)
    places = (places - low) / spread * (MAP_SIDE - 40) + 20
    places[:, 1] = MAP_SIDE - places[:, 1]
    dots = [_dots(digit, places[labels == digit]) for digit in range(10)]
    rings = [
        f'<circle class="ring" cx="{x:.0f}" cy="{y:.0f}" r="5">'
        f"<title>{label} read as {answer}</title></circle>"
        for (x, y), label, answer in zip(places, labels, answers, strict=True)
        if label != answer
    ]
    names = [
        f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="middle" dominant-baseline="central" '
        f'fill="{DIGIT_COLOURS[digit]}">{digit}</text>'
        for digit, (x, y) in middles(places, labels).items()
    ]
    words = (
        f"a map of {len(labels)} test digits as dots, coloured by what they are; equal digits lie "
        f"together; {len(rings)} misread ones are ringed"
    )
    drawing = "\n".join((*dots, *rings, *names))
    return (
        f"<p>{len(labels):,} test digits, none of them learnt from, as the last hidden layer sees "
        f"them, flattened to the two directions in which they differ most ({view.map.kept:.0%} of "
        "the variance). Where two kinds meet it is often wrong: the ringed digits are misread.</p>"
        f'\n<svg viewBox="0 0 {MAP_SIDE} {MAP_SIDE}" role="img" aria-label="{escape(words)}">\n'
        f"{drawing}\n</svg>"
    )


def _dots(digit: int, places: NDArray[np.floating]) -> str:
    """All dots of one digit as one path of dots: a third of the bytes of as many circles."""
    path = "".join(f"M{x:.0f} {y:.0f}h0" for x, y in places)
    colour = DIGIT_COLOURS[digit]
    return (
        f'<path d="{path}" stroke="{colour}" stroke-width="4.5" stroke-linecap="round" '
        'opacity="0.75"/>'
    )


def show_misread(score: Score) -> str:
    """The contact sheet."""
    refused = f", and {score.refused:,} were refused" if score.refused else ""
    text = f"Of {score.tested:,} digits {len(score.misread):,} were misread{refused}."
    pairs = Counter((each.label, each.answer) for each in score.misread)
    common = [(pair, count) for pair, count in pairs.most_common(5) if count > 1]
    often = ", ".join(f"{a} as {b} ({count} times)" for (a, b), count in common)
    if often:
        text += f" Most often it takes {often}."
    if len(score.misread) > 1:
        text += " Those that it was surest of come first."
    figures = [
        glyph(
            255 - each.glyph,
            f"a {each.label} read as {each.answer}, {each.confidence:.0%} sure, {each.where}",
            f"{each.label} → {each.answer} {each.confidence:.0%}",
            "wrong",
        )
        for each in score.misread[:MOST_MISREAD]
    ]
    return f"<p>{escape(text)}</p>\n{row(figures)}"


def show_neighbours(view: Findings) -> str:
    """Every query with what is nearest to it."""
    if not view.queries:
        return ""
    lines = [
        "<h3>What it holds alike</h3>",
        "<p>A picture, framed, and the training digits nearest to it: by their pixels, and as the "
        "last hidden layer sees them. Where the network errs, this shows what it was thinking "
        "of.</p>",
    ]
    for query, *both in zip(view.queries, *view.neighbours, strict=True):
        lines.append(f'<p class="means">{escape(query.name)}</p>')
        for nearest, by in zip(both, ("pixels", "network"), strict=True):
            figures = [glyph(255 - query.glyph, query.name, by, "query")]
            for index in nearest:
                digit = view.mnist.train_labels[index]
                picture = 255 - view.mnist.train_images[index]
                figures.append(glyph(picture, f"a {digit}, near to it: {by}", str(digit)))
            lines.append(row(figures))
    return "\n".join(lines)


def row(figures: Iterable[str]) -> str:
    """Figures side by side."""
    return '<div class="row">' + "".join(figures) + "</div>"


def glyph(picture: NDArray[np.uint8], words: str, caption: str, kind: str = "") -> str:
    """One small picture; `words` say what it shows to those who can't see it."""
    return (
        f'<figure class="{kind}"><img class="ink" src="{to_url(picture)}" alt="{escape(words)}">'
        f'<figcaption class="{kind}">{escape(caption)}</figcaption></figure>'
    )


def to_grey(picture: NDArray[np.floating]) -> NDArray[np.uint8]:
    """A picture from 0 to 1 as pixels."""
    pixels: NDArray[np.uint8] = (np.clip(picture, 0, 1) * 255).round().astype(np.uint8)
    return pixels


def to_url(pixels: NDArray[np.uint8]) -> str:
    """Pixels, (rows, columns) or (rows, columns, 3), as a PNG inside of a URL."""
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(content.getvalue()).decode("ascii")
