"""Imports point one way: read from the syntax trees, so nothing needs to be installed."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

REPOSITORY = Path(__file__).parents[1]
PACKAGES = ("device", "nn", "tools")

OURS = {
    "nn": {"nn"},
    "device": {"device", "nn"},
    "tools": {"tools", "device", "nn"},
}
FOREIGN = {
    "nn": {"numpy", "scipy"},
    "device": {"numpy", "PIL", "gpiozero", "picamera2", "libcamera", "textual", "rich", "tornado"},
    "tools": {
        *("numpy", "scipy", "PIL", "matplotlib", "rich", "platformdirs", "certifi"),
        "distributed",
        "playwright",  # for the README's picture
        *("sklearn", "joblib"),  # only on the emulated Zero, to compare with
    },
}
HARDWARE = {"device.camera", "device.pins", "device.board", "device.service"}


class Import(NamedTuple):
    """`module` names `name`; `at_once` when importing the one imports the other."""

    module: str
    name: str
    at_once: bool

    @property
    def package(self) -> str:
        return self.name.partition(".")[0]


def module_name(path: Path, root: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def find_imports(root: Path) -> list[Import]:
    """Every import below `root`, except those that only the type checker sees."""
    paths = [path for package in PACKAGES for path in sorted((root / package).rglob("*.py"))]
    modules = {module_name(path, root) for path in paths}
    return [
        Import(module_name(path, root), name, at_once)
        for path in paths
        for name, at_once in walk(ast.parse(path.read_text()), modules, at_once=True)
    ]


def walk(node: ast.AST, modules: set[str], *, at_once: bool) -> Iterator[tuple[str, bool]]:
    if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
        for statement in node.orelse:
            yield from walk(statement, modules, at_once=at_once)
        return
    for name in names(node, modules):
        yield name, at_once
    inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    for child in ast.iter_child_nodes(node):
        yield from walk(child, modules, at_once=at_once and not inside)


def names(node: ast.AST, modules: set[str]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, "relative imports hide where they point"
        assert node.module is not None
        # `from device import preparation` names a module, `from device import __version__` none.
        for alias in node.names:
            full = f"{node.module}.{alias.name}"
            yield full if full in modules else node.module
    elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
        yield from (str(word.value) for word in node.args[:1] if isinstance(word, ast.Constant))


def follow(start: str, imports: list[Import], *, parents: bool = True) -> set[str]:
    """All that importing `start` imports; a module's package is imported before it."""
    found, waiting = set[str](), [start]
    while waiting:
        module = waiting.pop()
        if module in found:
            continue
        found.add(module)
        waiting += [line.name for line in imports if line.module == module and line.at_once]
        if parents and "." in module:
            waiting.append(module.rpartition(".")[0])
    return found


@pytest.fixture(scope="module")
def imports() -> list[Import]:
    return find_imports(REPOSITORY)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_what_it_may(package: str, imports: list[Import]) -> None:
    allowed = OURS[package] | FOREIGN[package] | sys.stdlib_module_names
    assert [
        line
        for line in imports
        if line.module.partition(".")[0] == package and line.package not in allowed
    ] == []


@pytest.mark.parametrize("library", ["picamera2", "gpiozero"])
def test_hardware_is_named_in_one_module_and_only_where_it_is_built(
    library: str, imports: list[Import]
) -> None:
    lines = [line for line in imports if line.package == library]
    assert len({line.module for line in lines}) == 1
    assert not any(line.at_once for line in lines)


def test_what_the_desk_imports_never_leads_to_camera_board_or_service(
    imports: list[Import],
) -> None:
    desk = {line.module for line in imports if line.module.startswith("tools")}
    reaching = {module for module in desk if follow(module, imports) & HARDWARE}
    late = [line for line in imports if line.module in desk and line.name in HARDWARE]
    assert (reaching, late) == (set(), [])


def test_reading_a_frame_needs_numpy_and_pillow_and_no_more(imports: list[Import]) -> None:
    pure = follow("device.reader", imports) & {line.module for line in imports}
    foreign = {line.package for line in imports if line.module in pure} - {"device", "nn"}
    assert foreign - sys.stdlib_module_names == {"numpy", "PIL"}
    assert not pure & (HARDWARE | {"device.config"})


def test_starting_the_daemon_imports_no_terminal_library_and_no_numpy(
    imports: list[Import],
) -> None:
    # numpy takes seconds on a Zero; the light that says "starting" comes before it.
    late = {"textual", "numpy", "PIL", "rich", "tornado"}
    assert not follow("device.run_command", imports) & late


def test_no_two_modules_import_each_other(imports: list[Import]) -> None:
    ours = [line for line in imports if line.package in PACKAGES]
    circles = [
        line
        for line in ours
        if line.at_once and line.module in follow(line.name, ours, parents=False)
    ]
    assert circles == []


def test_the_reading_of_imports_sees_them_wherever_they_stand(tmp_path: Path) -> None:
    for package in PACKAGES:
        (tmp_path / package).mkdir()
    (tmp_path / "nn" / "late.py").write_text(
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    import unseen\n"
        "def build():\n    import picamera2.devices\n"
        "    importlib.import_module('gpiozero')\n"
        "try:\n    from device import board\nexcept ImportError:\n    pass\n"
    )
    (tmp_path / "device" / "board.py").write_text("")

    assert find_imports(tmp_path) == [
        Import("nn.late", "typing", True),
        Import("nn.late", "picamera2.devices", False),
        Import("nn.late", "gpiozero", False),
        Import("nn.late", "device.board", True),
    ]
