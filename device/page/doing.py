"""What may be done: press, lay a note under the simulated camera, have a picture read."""

from typing import ClassVar

from device.errors import BadPicture
from device.page.asking import Asking, Refused
from device.page.forms import bare_reading_form
from device.reading import Frame, Reading

LARGEST_PICTURE = 8 * 1024 * 1024
"""Bytes. A 12-megapixel photograph of a telephone has 3 to 6 million."""

MOST_UPLOADS = 4


class Press(Asking):
    """The button."""

    def post(self) -> None:
        """Press it, and let go a moment later."""
        hold = self.take_json(hold=bool).get("hold", False)
        self.room.start_press(hold=hold)
        self.answer({"pressed": "hold" if hold else "press"}, 202)


class Posted(Asking):
    """Whatever takes a picture as its body."""

    largest_body: ClassVar[int] = LARGEST_PICTURE
    uploads: ClassVar[int] = 0

    _counts = False

    def admit(self) -> None:
        """Refuse what is no picture, and too many at once."""
        super().admit()
        if self.request.method != "POST":
            return
        if not self.request.headers.get("Content-Type", "").lower().startswith("image/"):
            raise Refused(415, "send a picture, such as image/png or image/jpeg")
        if Posted.uploads >= MOST_UPLOADS:
            raise Refused(429, "other pictures are on their way: try again in a moment", 1.0)
        Posted.uploads += 1
        self._counts = True

    def on_finish(self) -> None:
        """Let the next one come."""
        if self._counts:
            self._counts = False
            Posted.uploads -= 1

    def on_connection_close(self) -> None:
        """Let the next one come."""
        super().on_connection_close()
        self.on_finish()

    async def take_picture(self) -> Frame:
        """Open the picture that was posted."""
        from device.picture import read_picture  # few ever post one

        try:
            return await self.room.work.do(read_picture, self.take_body())
        except BadPicture as error:
            raise Refused(400, f"the picture: {error}") from error


class Note(Posted):
    """What lies under the simulated camera."""

    def admit(self) -> None:
        """Refuse where the camera is real."""
        super().admit()
        if self.room.controls.pile is None:
            raise Refused(409, "the camera is real: hold the note up to it")

    async def post(self) -> None:
        """Lay a picture there."""
        self.room.lay(await self.take_picture())
        self.answer(self.room.note())

    async def delete(self) -> None:
        """Take it away."""
        await self.room.lay_next()
        self.answer(self.room.note())


class NextNote(Asking):
    """The pile's next note."""

    async def post(self) -> None:
        """Lay it there."""
        self.take_body()
        if self.room.controls.pile is None:
            raise Refused(409, "the camera is real: hold the note up to it")
        await self.room.lay_next()
        self.answer(self.room.note())


class Read(Posted):
    """Reading without the board."""

    async def post(self) -> None:
        """Read a picture."""
        frame = await self.take_picture()
        reader = self.room.controls.reader()
        if reader is None:
            raise Refused(409, "the weights are not loaded yet")
        reading: Reading = await self.room.work.do(reader.read, frame)
        self.answer(bare_reading_form(reading, (frame.shape[1], frame.shape[0])))
