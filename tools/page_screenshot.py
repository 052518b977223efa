"""Take the README's picture of the page: `python -m tools.page_screenshot docs/page.png`.

It reads a note on a simulated board and photographs the page with Chromium, driven by
playwright, which `make test` installs.
"""

import argparse
import io
import shutil
import sys
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image, ImageOps

from device.notes import write_note
from tools.page_appliance import running_appliance

NUMBER = "1743"
SEED = 1
SIZE = (1200, 880)
BITS = 6
"""Of each colour: the note's grain in full would make most of the file."""

Scheme = Literal["light", "dark"]

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def take_screenshot(number: str, seed: int, scheme: Scheme, weights: str) -> Image.Image:
    """Read a note on the simulated board, and photograph the page.

    Parameters
    ----------
    number
        What is written on the note.
    seed
        The same seed writes the same note.
    scheme
        "light" or "dark".
    weights
        A path to weights, or "" for the shipped ones.

    Returns
    -------
    Image
        RGB, without the finest shades, so that its PNG is small.

    Raises
    ------
    FileNotFoundError
        When there is no browser.
    """
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        raise FileNotFoundError("chromium is not installed: sudo apt install chromium")
    settings = ("board.show_s=0", *([f"reading.weights={weights}"] if weights else []))
    with running_appliance(*settings) as appliance, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]}, color_scheme=scheme)
        page.goto(appliance.address)
        page.get_by_role("radio", name="Photo").check()
        page.set_input_files("#file", {
            "name": "note.png", "mimeType": "image/png", "buffer": _note(number, seed),
        })  # fmt: skip
        page.locator("#outlines text").nth(len(number) - 1).wait_for()
        page.get_by_role("button", name="Press").click()
        page.locator(".digit figure").nth(3 * len(number) - 1).wait_for()
        page.mouse.move(0, 0)
        picture = Image.open(io.BytesIO(page.screenshot()))
        browser.close()
    return ImageOps.posterize(picture.convert("RGB"), BITS)


def _note(number: str, seed: int) -> bytes:
    picture = io.BytesIO()
    Image.fromarray(write_note(number, np.random.default_rng(seed))).save(picture, "PNG")
    return picture.getvalue()


def main() -> int:
    """Write the picture to the file that is named."""
    parser = argparse.ArgumentParser(prog="python -m tools.page_screenshot", description=__doc__)
    parser.add_argument("picture", type=Path, help="the PNG file to write")
    parser.add_argument("--number", default=NUMBER, help="write this on the note")
    parser.add_argument("--seed", type=int, default=SEED, help="write it otherwise")
    parser.add_argument("--dark", action="store_true", help="as it looks at night")
    parser.add_argument("--weights", default="", help="read with these weights")
    args = parser.parse_args()
    picture = take_screenshot(
        args.number, args.seed, "dark" if args.dark else "light", args.weights
    )
    picture.save(args.picture, optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
