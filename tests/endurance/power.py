"""What a power cut leaves of a folder, wherever in a program's writing it comes.

The program runs once, whole, with every operation on its files told by strace. They are then
gone through one by one on a model of the disk, which knows what was only in memory: after each
there are several folders that the next start may find.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

CALLS = (
    *("openat", "?open", "?creat", "write", "pwrite64", "writev", "pwritev", "lseek", "?_llseek"),
    *("?truncate", "?ftruncate", "?truncate64", "?ftruncate64", "?fallocate", "fsync"),
    *("fdatasync", "?rename", "renameat", "?renameat2", "?unlink", "unlinkat", "?mkdir"),
    *("mkdirat", "?rmdir", "?link", "linkat", "?symlink", "symlinkat", "?mmap", "?sendfile"),
    *("?copy_file_range", "?splice"),
)
OPTIONS = ("-f", "-y", "-xx", "-s", "20000000")
"""Its children too; a descriptor's path; every byte, as a number; and all of them."""

LINE = re.compile(r"^\d+ +(\w+)\((.*)\) += (-?\d+)")
WORD = re.compile(
    r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?|(AT_FDCWD|\d+)<((?:\\x[0-9a-f]{2})*)>|([\w|]+)'
)

Tree = dict[str, bytes]
"""Contents by path."""


class Call(NamedTuple):
    """One operation: its name, and its words as strace writes them, paths and bytes unpacked."""

    name: str
    words: list[str | bytes]
    result: int


@dataclass
class Inode:
    """A file: what it holds, and what of it is on the disk for good."""

    content: bytes = b""
    synced: bytes = b""


@dataclass
class Disk:
    """A folder's files by name, and what is open; `mark` takes a name for what is synced."""

    names: dict[str, Inode] = field(default_factory=dict)
    synced_names: dict[str, Inode] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, tree: Tree) -> "Disk":
        """Begin with what is there for good."""
        names = {name: Inode(content, content) for name, content in tree.items()}
        return cls(names, dict(names))

    def trees(self) -> Iterator[tuple[str, Tree]]:
        """What may be found if the power goes now."""
        yield "all of it", {name: inode.content for name, inode in self.names.items()}
        yield "only what was synced", {name: inode.synced for name, inode in self.names.items()}
        yield (
            "not even the new names",
            {name: inode.synced for name, inode in self.synced_names.items()},
        )


def record(program: str, folder: Path, strace: str) -> list[Call]:
    """Run a Python program on a folder, and tell its operations on it."""
    log = folder.with_name(f"{folder.name}.strace")
    words = [
        strace,
        *["-f", "-y", "-xx", "-s", "20000000", "-e"],
        f"trace={','.join(CALLS)}",
        "-o",
        str(log),
    ]
    done = subprocess.run(
        [*words, sys.executable, "-c", program, str(folder)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    calls = [_parse(match) for match in map(LINE.match, log.read_text().splitlines()) if match]
    log.unlink()
    return [call for call in calls if call.result >= 0 and _is_below(folder, call)]


def cuts(before: Tree, calls: list[Call]) -> Iterator[tuple[str, Tree]]:
    """Every folder that a power cut may leave, each with words for when it came."""
    disk = Disk.of(before)
    for number, call in enumerate(calls):
        if call.name == "write":
            half = call.words[1]
            assert isinstance(half, bytes)
            torn = Disk(
                {n: Inode(i.content, i.synced) for n, i in disk.names.items()},
                {},
                dict(disk.places),
            )
            _apply(torn, call._replace(words=[call.words[0], half[: len(half) // 2]]))
            yield (
                f"in the middle of operation {number}, {call.name}: all of it",
                next(torn.trees())[1],
            )
        _apply(disk, call)
        for words, tree in disk.trees():
            yield f"after operation {number}, {call.name}: {words}", tree


def lay(tree: Tree, of: Path, folder: Path) -> None:
    """Write a tree of one folder into another."""
    for name, content in tree.items():
        path = folder / Path(name).relative_to(of)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _parse(match: "re.Match[str]") -> Call:
    name, text, result = match.groups()
    words: list[str | bytes] = []
    for quoted, cut, number, path, plain in WORD.findall(text):
        assert not cut, "strace cut a word off"
        if quoted or (not number and not plain):
            words.append(_bytes(quoted))
        elif number:
            words.append(f"fd {_bytes(path).decode()}")
        else:
            words.append(plain)
    return Call(name, words, int(result))


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def _is_below(folder: Path, call: Call) -> bool:
    """Whether it touches the folder; the paths of those that matter are whole."""
    wanted = str(folder)
    texts = [
        word if isinstance(word, str) else word[:4096].decode("latin-1") for word in call.words
    ]
    return any(text.removeprefix("fd ").startswith(wanted) for text in texts[:3])


def _path(word: str | bytes) -> str:
    return word.decode() if isinstance(word, bytes) else word.removeprefix("fd ")


def _apply(disk: Disk, call: Call) -> None:
    name, words = call.name, call.words
    if name == "write":
        assert isinstance(words[1], bytes)
        _write(disk, _path(words[0]), words[1])
        return
    paths = [_path(word) for word in words if isinstance(word, bytes)]
    if name in ("openat", "open", "creat"):
        flags = " ".join(word for word in words if isinstance(word, str))
        _open(disk, paths[0], flags)
    elif name == "lseek":
        disk.places[_path(words[0])] = call.result
    elif name in ("fsync", "fdatasync"):
        _sync(disk, _path(words[0]))
    elif name in ("truncate", "ftruncate"):
        path = _path(words[0])
        size = int(str(words[1]))
        disk.names[path].content = disk.names[path].content[:size].ljust(size, b"\0")
    elif name.startswith("rename"):
        disk.names[paths[1]] = disk.names.pop(paths[0])
    elif name.startswith("unlink"):
        del disk.names[paths[0]]
    elif not name.startswith("mkdir"):
        raise NotImplementedError(f"{name}: nobody here has written so yet")


def _open(disk: Disk, path: str, flags: str) -> None:
    if path not in disk.names and "O_CREAT" in flags:
        disk.names[path] = Inode()
    if path not in disk.names:
        return  # a folder
    if "O_TRUNC" in flags:
        disk.names[path].content = b""
    disk.places[path] = len(disk.names[path].content) if "O_APPEND" in flags else 0


def _write(disk: Disk, path: str, content: bytes) -> None:
    inode, place = disk.names[path], disk.places[path]
    padded = inode.content.ljust(place, b"\0")
    inode.content = padded[:place] + content + padded[place + len(content) :]
    disk.places[path] = place + len(content)


def _sync(disk: Disk, path: str) -> None:
    if path in disk.names:
        disk.names[path].synced = disk.names[path].content
    else:  # a folder: its names are on the disk now
        disk.synced_names = dict(disk.names)
