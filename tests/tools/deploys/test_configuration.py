"""What a deploy does to a configuration; `test_deploy` holds that it is done on the far side."""

import json
import tomllib
from pathlib import Path

import pytest

from device.config import load_config
from device.errors import BadConfig
from device.page.password import make_hash
from tools.deploy_page import PageWish, host_to_open, make_password
from tools.far import files
from tools.far.configuration import follow, main, open_page, with_page

SHIPPED = Path(__file__).parents[3] / "device" / "config.toml"
HASH = make_hash("correct horse")
OTHER_HASH = make_hash("battery staple")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_a_shipped_configuration_gets_three_values_and_keeps_every_comment(config: Path) -> None:
    config.write_bytes(SHIPPED.read_bytes())

    told = open_page(config, HASH, another=False)

    assert (told["taken"], told["port"]) == ("yes", "8000")
    before, after = SHIPPED.read_text().splitlines(), config.read_text().splitlines()
    assert [line for line in after if line not in before] == [
        "enabled = true",
        'address = "0.0.0.0"',
        f'password_hash = "{HASH}"',
    ]
    assert len(after) == len(before)


def test_a_configuration_without_the_section_gets_it_at_its_end(config: Path) -> None:
    text = "[board]\r\nbutton = 22 # mine\r\n"
    config.write_bytes(text.encode())

    open_page(config, HASH, another=False)

    assert config.read_bytes().decode().startswith(text)
    loaded = load_config(config)
    assert (loaded.board.button, loaded.page.enabled) == (22, True)
    assert (loaded.page.address, loaded.page.password_hash) == ("0.0.0.0", HASH)


@pytest.mark.parametrize(
    ("page", "port"),
    [
        (f'enabled = true\naddress = "::"\npassword_hash = "{OTHER_HASH}"\nport = 81', "81"),
        ("enabled = true", ""),
        ("port = 81", ""),
    ],
)
def test_a_page_that_somebody_set_up_is_kept_until_another_password_is_wanted(
    config: Path, page: str, port: str
) -> None:
    config.write_text(f"[page] # mine\n{page}\n[board]\nbutton = 22\n")
    text = config.read_text()

    told = open_page(config, HASH, another=False)
    assert (told["taken"], told["port"], config.read_text()) == ("", port, text)
    assert "kept [page] of /etc/inkling/config.toml: --new-page-password" in told["say"]

    open_page(config, HASH, another=True)
    before, after = tomllib.loads(text), tomllib.loads(config.read_text())
    assert after["page"].pop("password_hash") == HASH
    assert after["page"].pop("enabled") is True
    assert after["page"].pop("address") == before["page"].get("address", "0.0.0.0")
    assert after["page"].items() <= before["page"].items()
    assert after["board"] == before["board"]


@pytest.mark.parametrize(
    "text",
    [
        "page.session_h = 12.0\n",
        "page = { enabled = false }\n",
        "[page]\nenabled = false\n'address' = '127.0.0.1'\n",
        "[board]\nbutton = 99\n",
        "[board]\nbutton = 2",
        "[board\n",
    ],
)
def test_what_can_not_be_read_or_changed_stays_as_it_is(config: Path, text: str) -> None:
    config.write_text(text)

    with pytest.raises(BadConfig) as refusal:
        open_page(config, HASH, another=False)

    assert str(refusal.value).startswith(f"{config}: ")
    assert "\n" not in str(refusal.value)
    assert config.read_text() == text
    assert list(config.parent.iterdir()) == [config]


def test_what_the_reader_of_the_configuration_refuses_is_never_put_in_place(config: Path) -> None:
    config.write_bytes(SHIPPED.read_bytes())

    with pytest.raises(BadConfig, match=r"config\.toml: \[page\]: password_hash"):
        open_page(config, "in clear", another=True)

    assert config.read_bytes() == SHIPPED.read_bytes()
    assert list(config.parent.iterdir()) == [config]


def test_owner_mode_and_link_of_an_edited_file_stay(config: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.toml"
    kept.write_text("[board]\nbutton = 22\n")
    kept.chmod(0o640)
    config.symlink_to(kept)

    files.write(config, b"[board]\nbutton = 23\n")

    assert config.is_symlink()
    assert load_config(kept).board.button == 23
    assert kept.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.toml", "kept.toml"]


def test_a_file_in_which_only_the_page_was_opened_follows_the_release(
    config: Path, tmp_path: Path
) -> None:
    now = tmp_path / "now.toml"
    now.write_text(f"# New.\n{SHIPPED.read_text()}")
    config.write_bytes(SHIPPED.read_bytes())
    open_page(config, HASH, another=False)
    wishes = tomllib.loads(config.read_text())["page"]

    told = [*follow(config, [SHIPPED], now), *follow(config, [now], now)]

    ours = {name: wishes[name] for name in ("enabled", "address", "password_hash")}
    assert config.read_text() == with_page(now.read_text(), ours)
    assert load_config(config).page.password_hash == HASH
    assert told == []


@pytest.mark.parametrize("mine", [b"[board]\nbutton = 22\n", b"", b"# \xff\n", b"[page\n"])
def test_an_edited_file_whatever_is_in_it_does_not_follow(
    config: Path, tmp_path: Path, mine: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_bytes(mine)
    candidate = tmp_path / "candidate.toml"

    main(config, candidate, tmp_path / "no-wish", SHIPPED, tmp_path / "none")

    assert candidate.read_bytes() == config.read_bytes() == mine
    plan = json.loads(capsys.readouterr().out)
    assert plan == {
        "say": ["kept /etc/inkling/config.toml, which was edited"],
        "page": {},
        "network": False,
    }


def test_new_keys_are_told_to_whoever_edited_the_file_unless_they_have_them(
    config: Path, tmp_path: Path
) -> None:
    before = tmp_path / "before.toml"
    before.write_text("[board]\nbutton = 17\nlight = 27\n")
    now = tmp_path / "now.toml"
    now.write_text('[board]\nbutton = 17\nlight = 27\nbeep = true\n[voice]\nname = "a"\nkey = 1\n')
    config.write_text("[board]\nbutton = 22\n[voice]\nkey = 2\n")

    told = follow(config, [before], now)

    assert told[-1] == (
        'new in the configuration, at their defaults: board.beep = true, voice.name = "a"'
    )
    assert follow(config, [before, now], now) == ["kept /etc/inkling/config.toml, which was edited"]


def test_passwords_are_long_differ_and_are_not_shown_by_accident() -> None:
    passwords = {make_password() for _ in range(50)}
    assert len(passwords) == 50
    assert {len(password) for password in passwords} == {19}
    wish = PageWish(another=False)
    assert wish.password not in repr(wish)
    assert wish.password.encode() not in wish.brought()


@pytest.mark.parametrize(
    ("named", "address", "host"),
    [
        ("raspberrypi.local", "192.168.1.5", "raspberrypi.local"),
        ("RaspberryPi", "192.168.1.5", "RaspberryPi"),
        ("192.168.1.7", "192.168.1.5", "192.168.1.7"),
        ("an-alias-of-ssh", "192.168.1.5", "192.168.1.5"),
        ("an-alias-of-ssh", "fe80::1%wlan0", "raspberrypi.local"),
        ("an-alias-of-ssh", "", "raspberrypi.local"),
    ],
)
def test_the_address_is_one_that_a_browser_finds_and_the_page_answers_to(
    named: str, address: str, host: str
) -> None:
    assert host_to_open(named, ["localhost", "raspberrypi", "raspberrypi.local"], address) == host
