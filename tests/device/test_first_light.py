import ctypes
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device import first_light, keys
from device.config import SYSTEM_FILE, BoardConfig, load_config
from device.errors import BadConfig
from device.first_light import FirstLight, find_pin, line_request

SHIPPED = Path(first_light.__file__).with_name("config.toml")


def test_what_is_written_twice_says_the_same() -> None:
    board = BoardConfig()
    assert (board.light, board.active_high) == (first_light.LIGHT, first_light.ACTIVE_HIGH)
    assert Path(first_light.CONFIGURATION) == SYSTEM_FILE
    assert tuple(map(str, keys.FREE_PINS)) == first_light.PINS


def test_the_shipped_configuration_says_where_the_light_is() -> None:
    text = SHIPPED.read_text()
    assert find_pin(text) == (27, True)
    assert find_pin(text.replace("light = 27", "light = 12")) == (12, True)
    assert find_pin(text.replace("active_high = true", "active_high = false")) == (27, False)


def test_without_a_configuration_the_light_is_where_the_program_has_it() -> None:
    assert find_pin("") == (27, True)


@pytest.mark.parametrize(
    "text",
    [
        "board.light = 22\n",
        "board = {light = 22}\n",
        "[ board ]\nlight = 22\n",
        '["board"]\nlight = 22\n',
        '[board]\n"light" = 22\n',
        '[board]\n"li\\u0067ht" = 22\n',
        '[page]\nfolder = """\n[board]\nlight = 22"""\n',
        "[page]\nfolder = '''\n[board]\nlight = 22'''\n",
        "[board]\nlight = 0x16\n",
        "[board]\nlight = 2\n",
        "[board]\nlight = 27.0\n",
        "[board]\nlight =\n",
        "[board]\nlight = 22\nactive_high = maybe\n",
    ],
)
def test_where_a_parser_has_to_tell_it_leaves_the_light_to_the_board(text: str) -> None:
    assert find_pin(text) is None


LINES = st.sampled_from(
    [
        *(
            "[board]",
            "[page]",
            "[camera] # [board]",
            " [board]\t# light = 4",
            "[ board ]",
            "[[board]]",
        ),
        *(
            "light = 22",
            "light=5 # or 6",
            "\tlight = 12",
            "# light = 4",
            "light = 0x16",
            "light = 3",
        ),
        *("active_high = false", "active_high = true # false", "active_high=0", "'light' = 22"),
        *("board.light = 22", "board = {light = 22}", '"light" = 22', '"li\\u0067ht" = 22'),
        *(
            'folder = "# [board]"',
            'folder = "light = 9"',
            'folder = """',
            '"""',
            "folder = '''",
            "'''",
        ),
        *(
            "hosts = [",
            '"a",',
            "]",
            "hosts = ['light']",
            "button = 6",
            "width = 800",
            "",
            "\\",
            "é",
        ),
    ]
)
"""What may stand in a configuration, and what a careless reader of it would stumble over."""


@given(st.lists(LINES, max_size=7), st.sampled_from(["\n", "\r\n"]))
def test_no_configuration_that_is_taken_means_another_pin(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], end: str
) -> None:
    text = "".join(line + end for line in lines)
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(text.encode())
    try:
        board = load_config(path).board
    except BadConfig:
        return
    assert find_pin(first_light.read(str(path))) in (None, (board.light, board.active_high))


def test_a_plain_configuration_is_understood_whatever_stands_around() -> None:
    text = '[page]\nhosts = [\n"a",\n]\n[board] # é\nbutton = 6\n light=5 # or 7\n[camera]\n'
    assert find_pin(text) == (5, True)


class Attribute(ctypes.Structure):
    """`struct gpio_v2_line_config_attribute` with the `gpio_v2_line_attribute` inside it."""

    _fields_ = (
        ("id", ctypes.c_uint32),
        ("padding", ctypes.c_uint32),
        ("values", ctypes.c_uint64),
        ("mask", ctypes.c_uint64),
    )


class LineRequest(ctypes.Structure):
    """`struct gpio_v2_line_request` with the `gpio_v2_line_config` inside it."""

    _fields_ = (
        ("offsets", ctypes.c_uint32 * 64),
        ("consumer", ctypes.c_char * 32),
        ("flags", ctypes.c_uint64),
        ("num_attrs", ctypes.c_uint32),
        ("config_padding", ctypes.c_uint32 * 5),
        ("attrs", Attribute * 10),
        ("num_lines", ctypes.c_uint32),
        ("event_buffer_size", ctypes.c_uint32),
        ("padding", ctypes.c_uint32 * 5),
        ("fd", ctypes.c_int32),
    )


@pytest.mark.parametrize(("active_high", "flags"), [(True, 0b1000), (False, 0b1010)])
def test_the_kernel_is_asked_for_one_output_that_begins_lit(active_high: bool, flags: int) -> None:
    request = LineRequest.from_buffer(line_request(27, active_high))
    assert ctypes.sizeof(LineRequest) == len(line_request(27, active_high))
    code = 3 << 30 | ctypes.sizeof(LineRequest) << 16 | 0xB4 << 8 | 7  # _IOWR(0xB4, 7, …)
    assert code == first_light.GET_LINE
    assert list(request.offsets) == [27] + 63 * [0]
    assert (request.consumer, request.flags, request.num_attrs) == (b"inkling", flags, 1)
    (first, *others) = request.attrs
    assert (first.id, first.values, first.mask) == (2, 1, 1)
    assert not any(other.id or other.values or other.mask for other in others)
    assert (request.num_lines, request.event_buffer_size, request.fd) == (1, 0, 0)


@pytest.fixture
def descriptors() -> Iterator[None]:
    """Hold that what a test does leaves no file open."""
    before = sorted(Path("/dev/fd").iterdir())
    yield
    assert sorted(Path("/dev/fd").iterdir()) == before


@pytest.mark.parametrize("chip", ["nowhere", "plain", "folder"])
def test_what_is_no_chip_of_pins_is_left_alone(
    chip: str, tmp_path: Path, descriptors: None
) -> None:
    (tmp_path / "plain").write_text("")
    (tmp_path / "folder").mkdir()
    light = FirstLight(str(tmp_path / chip), str(tmp_path / "no.toml"))
    light.let_go()
    light.let_go()


def test_a_configuration_that_can_t_be_read_is_left_to_the_rest(
    tmp_path: Path, descriptors: None
) -> None:
    FirstLight(str(tmp_path / "chip"), str(tmp_path)).let_go()
