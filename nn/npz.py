"""Arrays from an .npz file that isn't trusted.

Only what `np.savez` writes of plain arrays is taken: an uncompressed zip, which
can't grow on reading, of arrays whose headers can be told by a pattern and need
not be evaluated. A file takes little more than its own size in memory.
"""

import io
import re
import struct
import zipfile
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nn.errors import BadWeights

LARGEST_FILE = 8 * 2**20
_LARGEST_DIRECTORY = 64 * 2**10
_NPY_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00(..)\{'descr': '(<[fi][248]|\|S\d{1,6})', 'fortran_order': False, "
    rb"'shape': \(([\d, ]{0,60})\), \} *\n",
    re.DOTALL,
)
_END_OF_ZIP = struct.Struct("<4s4H2LH")
# What zipfile says of a file that isn't a sound zip.
_TORN = (zipfile.BadZipFile, OSError, ValueError, EOFError, RuntimeError, struct.error)


def read_arrays(content: bytes) -> dict[str, NDArray[Any]]:
    """Return the arrays of an .npz file's content by name.

    Raises
    ------
    BadWeights
        When anything in it isn't a whole, plain array.
    """
    _check_end(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
            _check_members(infos)
            return {_name(info): _array(archive, info) for info in infos}
    except BadWeights:
        raise
    except _TORN as error:
        raise BadWeights(f"torn, or no .npz file ({error!s:.60}); put a whole one back") from error


def _check_end(content: bytes) -> None:
    """Bound the zip's directory before zipfile makes an object of each entry."""
    tail = content[-_END_OF_ZIP.size :]
    sound = len(tail) == _END_OF_ZIP.size and tail.startswith(b"PK\x05\x06")
    if not sound or content[-42:-38] == b"PK\x06\x07":  # the last would tell of a larger one
        raise BadWeights("torn, or no .npz file of inkling; put a whole one back")
    directory_size = _END_OF_ZIP.unpack(tail)[5]
    if directory_size > _LARGEST_DIRECTORY:
        raise BadWeights(f"directory of {directory_size} bytes; allowed: {_LARGEST_DIRECTORY}")


def _name(info: zipfile.ZipInfo) -> str:
    return info.filename.removesuffix(".npy")


def _check_members(infos: list[zipfile.ZipInfo]) -> None:
    if len({_name(info) for info in infos}) < len(infos):
        raise BadWeights("an array is in it twice; put a whole file back")
    for info in infos:
        if info.compress_type != zipfile.ZIP_STORED or info.compress_size != info.file_size:
            raise BadWeights(f"{info.filename!r:.40} is compressed; allowed: plain arrays")
    size = sum(info.file_size for info in infos)
    if size > LARGEST_FILE:
        raise BadWeights(f"arrays of {size} bytes; allowed: {LARGEST_FILE}")


def _array(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> NDArray[Any]:
    """Return one member as an array, without numpy's own reader, which may evaluate its header."""
    with archive.open(info) as member:
        content = member.read(info.file_size + 1)
    header = _NPY_HEADER.match(content)
    if not header or header.end() != 10 + int.from_bytes(header[1], "little"):
        raise BadWeights(f"{info.filename!r:.40} is no plain array; put a whole file back")
    dtype = np.dtype(header[2].decode())
    shape = tuple(int(side) for side in header[3].split(b",") if side.strip())
    if prod(shape) * dtype.itemsize != len(content) - header.end():
        raise BadWeights(f"{info.filename!r:.40} isn't as long as it says; put a whole file back")
    return np.frombuffer(content, dtype, offset=header.end()).reshape(shape)
