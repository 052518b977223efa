"""History: each reading with its picture, why it was read so, and how it is put right."""

import nn
from device.page.asking import Asking, Refused
from device.page.forms import base64_of, reading_form
from device.page.history import NAME, Correction, Entry
from device.reader import Reader


class Readings(Asking):
    """History."""

    def get(self) -> None:
        """Send it, the newest first."""
        readings = [reading_form(entry) for entry in self.room.keeper.history]
        self.answer({"readings": readings, "kept": self.room.keeper.form})


class OfReading(Asking):
    """Whatever is asked about one reading."""

    def entry(self, name: str) -> Entry:
        """Find it."""
        if not NAME.fullmatch(name):
            raise Refused(404, "there is no such reading")
        try:
            return self.room.keeper.history.get(name)
        except KeyError as error:
            raise Refused(404, "there is no such reading, or not any more") from error


class OneReading(OfReading):
    """One reading of history."""

    def get(self, name: str) -> None:
        """Send it."""
        self.answer(reading_form(self.entry(name)))

    async def delete(self, name: str) -> None:
        """Forget it."""
        self.entry(name)
        await self.room.keeper.forget(name)
        self.done()


class ReadingPicture(OfReading):
    """What was read."""

    async def get(self, name: str) -> None:
        """Send it."""
        self.entry(name)
        self.send(await self.room.keeper.picture(name), "image/png")


class Why(OfReading):
    """Why a digit was read so."""

    async def get(self, name: str) -> None:
        """Work it out."""
        entry, number = self.entry(name), self.whole_number("digit")
        if number >= len(entry.reading.digits):
            raise Refused(404, "the reading has no such digit")
        spoke = await self.room.reasons.spoke(network_of(self), entry, number)
        self.answer(
            {
                "digit": entry.reading.digits[number].digit,
                "at": number,
                "spoke": [[round(float(pixel), 3) for pixel in row] for row in spoke],
            }
        )


class Imagines(Asking):
    """What the network thinks that a digit looks like."""

    async def get(self, digit: str) -> None:
        """Work it out."""
        imagined = await self.room.reasons.imagined(network_of(self), int(digit))
        self.answer(
            {
                "digit": int(digit),
                "picture": base64_of(imagined.picture.tobytes()),
                "means": imagined.means,
            }
        )


def network_of(asking: Asking) -> nn.Network:
    """Give the network that reads now."""
    reader = asking.room.controls.reader()
    if not isinstance(reader, Reader):
        raise Refused(409, "the weights are not loaded yet")
    return reader.network


class ReadingCorrection(OfReading):
    """What a reading should have said."""

    async def put(self, name: str) -> None:
        """Put it right."""
        form = self.take_json(number=(str, type(None)))
        number = form.get("number", "")
        if number is not None and not (
            1 <= len(number) <= 8 and number.isascii() and number.isdecimal()
        ):
            raise Refused(400, "number is 1 to 8 digits, or null for what is no number")
        self.entry(name)
        if self.room.keeper.shelf is None:
            raise Refused(409, "nothing is kept: set keep in [page]")
        self.answer(reading_form(await self.room.keeper.correct(name, Correction(number))))

    async def delete(self, name: str) -> None:
        """Take it back."""
        self.entry(name)
        self.answer(reading_form(await self.room.keeper.take_back(name)))
