"""All corrections in one archive, made as it is sent."""

import asyncio
import csv
import io
import zipfile
from typing import Any

from tornado.iostream import StreamClosedError

from device.page.asking import STUCK_S, Asking
from device.page.history import Entry


class Corrections(Asking):
    """All corrections in one file."""

    async def get(self) -> None:
        """Send the archive as it is made, one picture after the other."""
        self.set_header("Content-Type", "application/zip")
        self.set_header("Content-Disposition", 'attachment; filename="corrections.zip"')
        corrected = [e for e in self.room.keeper.history if e.correction and e.is_kept]
        pipe = _Pipe()
        try:
            with zipfile.ZipFile(pipe, "w") as archive:
                archive.writestr("labels.csv", _labels(corrected))
                for entry in reversed(corrected):
                    try:
                        content = await self.room.keeper.file(entry.name)
                    except KeyError:  # deleted meanwhile
                        continue
                    archive.writestr(f"{entry.name}.png", content)
                    self.write(pipe.take())
                    await asyncio.wait_for(self.flush(), STUCK_S)
            self.finish(pipe.take())
        except (StreamClosedError, TimeoutError):
            self.connection.stream.close()


class _Pipe(io.RawIOBase):
    """What the archive is written to; it can't go back, so `zipfile` doesn't try."""

    def __init__(self) -> None:
        super().__init__()
        self._content = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self._content += content
        return len(content)

    def take(self) -> bytes:
        content = bytes(self._content)
        self._content.clear()
        return content


def _labels(entries: list[Entry]) -> str:
    """List the corrections as `inkling-desk evaluate` reads them."""
    lines = io.StringIO()
    table = csv.writer(lines, lineterminator="\n")
    table.writerow(["file", "label", "notes"])
    for entry in reversed(entries):
        assert entry.correction is not None
        read = entry.reading.number or f"refused: {entry.reading.reason}"
        table.writerow([f"{entry.name}.png", entry.correction.number or "none", f"read as {read}"])
    return lines.getvalue()
