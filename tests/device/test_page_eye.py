import asyncio
import io

import numpy as np
import pytest
from PIL import Image

from device.page.eye import Eye, View, are_alike, encode_jpeg, halved
from device.reading import Frame, Reading
from tests.device.appliance import FrameReader, note
from tests.device.paper import ONE, SEVEN, written


def noisy(frame: Frame, seed: int) -> Frame:
    noise = np.random.default_rng(seed).normal(0, 3, frame.shape)
    return np.clip(frame + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("shape", "size"),
    [
        ((480, 640), (640, 480)),
        ((28, 28), (28, 28)),
        ((3040, 4056), (580, 435)),
        ((700, 640), (320, 350)),
    ],
)
def test_a_frame_is_sent_no_larger_than_it_is_shown(
    shape: tuple[int, int], size: tuple[int, int]
) -> None:
    with Image.open(io.BytesIO(encode_jpeg(np.full(shape, 99, np.uint8)))) as picture:
        assert picture.size == size


def test_a_frame_is_like_itself_with_other_noise_and_unlike_another() -> None:
    one, other = written(ONE)[0], written(SEVEN)[0]
    assert are_alike(one, one)
    assert are_alike(noisy(one, 1), noisy(one, 2))
    assert not are_alike(one, other)
    assert not are_alike(one, one[:-2])


def test_halving_keeps_the_means() -> None:
    frame = np.array([[0, 100], [100, 200]], np.uint8).repeat(20, 0).repeat(20, 1)
    assert halved(frame, 1) is frame
    assert halved(frame, 2).shape == (20, 20)
    assert halved(frame, 2).mean() == frame.mean()


class Told:
    """Takes the views that an eye tells, and gives it the frame that it asks for."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.looks = 0
        self.views: list[View] = []
        self.changed = asyncio.Event()
        self.reader = FrameReader()
        self.eye = Eye(self.look, lambda: self.reader, self.tell, interval_s=0.01)

    def look(self) -> None:
        self.looks += 1
        self.eye.take(self.frame)

    def tell(self, view: View) -> None:
        self.views.append(view)
        self.changed.set()

    async def until_told(self, views: int) -> None:
        while len(self.views) < views:
            self.changed.clear()
            await asyncio.wait_for(self.changed.wait(), 10.0)


async def test_nobody_watching_the_eye_rests() -> None:
    told = Told(note(7))
    watched = asyncio.Event()
    task = asyncio.create_task(told.eye.run(watched))
    await asyncio.sleep(0.05)
    assert told.looks == 0
    watched.set()
    await told.until_told(2)
    watched.clear()
    task.cancel()
    told.eye.close()


async def test_digits_are_looked_for_once_in_frames_that_are_alike() -> None:
    told = Told(note(7))
    watched = asyncio.Event()
    watched.set()
    task = asyncio.create_task(told.eye.run(watched))
    while not (told.views and told.views[-1].answer == "7" and told.views[-1].number > 3):
        await told.until_told(len(told.views) + 1)
    assert told.reader.frames == 1
    task.cancel()
    told.eye.close()


async def test_while_the_appliance_reads_the_eye_is_shut() -> None:
    told = Told(note(7))
    told.eye.is_busy = True
    watched = asyncio.Event()
    watched.set()
    task = asyncio.create_task(told.eye.run(watched))
    await asyncio.sleep(0.2)
    assert (told.looks, told.views) == (0, [])
    task.cancel()
    told.eye.close()


async def test_many_who_ask_for_a_picture_have_it_encoded_once() -> None:
    told = Told(note(7))
    with pytest.raises(KeyError):
        await told.eye.jpeg()
    told.eye.show(note(7), Reading("7", None))
    pictures = await asyncio.gather(*(told.eye.jpeg() for _ in range(20)))
    assert len(set(pictures)) == 1
    assert told.eye.encoded == 1
    told.eye.show(note(8), Reading("8", None))
    await told.eye.jpeg()
    assert told.eye.encoded == 2
    told.eye.close()
