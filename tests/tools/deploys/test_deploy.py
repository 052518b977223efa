"""Deploys for real, through an sshd of our own, to a folder that stands for the Pi's /."""

import io
import json
import os
import pty
import select
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyte
import pytest
from PIL import Image

from device.notes import write_note
from device.page.password import is_right
from device.preparation import VERSION
from tests.device.page_daemon import PageDaemon
from tests.tools.deploys.far import (
    PACKAGES,
    STAND_INS,
    FarSide,
    free_port,
    write_weights,
)
from tools import deploy_release
from tools.__main__ import main
from tools.deploy_fleet import Lines

Deploy = Callable[..., tuple[int, list[str], str]]
DESK = [sys.executable, "-m", "tools"]
MISSING = "libopenblas0-serial python3-gpiozero python3-lgpio python3-picamera2 python3-tornado"


def test_a_deploy_puts_everything_in_place_and_starts_the_service(
    far: FarSide, deploy_to: Deploy, project: Path
) -> None:
    (far.state / "earnest").touch()
    status, lines, complaint = deploy_to(far)

    assert (status, complaint) == (0, "")
    assert lines[0] == "Raspberry Pi Zero W Rev 1.1, Raspbian GNU/Linux 12 (bookworm)"
    assert far.current.readlink().parts[0] == "releases"
    weights = "nn/inkling.npz"
    assert (far.current / weights).read_bytes() == (project / weights).read_bytes()
    assert list((far.current / "device/__pycache__").glob("reading.*.pyc"))
    manifest = json.loads((far.current / "manifest.json").read_text())
    assert manifest["preparation"] == VERSION
    assert manifest["files"][weights] == sha256((project / weights).read_bytes()).hexdigest()
    assert far.config.read_bytes() == (project / "device/config.toml").read_bytes()
    unit = "etc/systemd/system/inkling.service"
    assert (far.root / unit).read_bytes() == (project / "systemd/inkling.service").read_bytes()
    assert (far.root / "etc/systemd/system/multi-user.target.wants/inkling.service").exists()
    assert not (far.root / f"{unit}.d/page.conf").exists()
    assert (far.root / "etc/polkit-1/rules.d/50-inkling.rules").exists()
    assert "inkling:" in (far.root / "etc/passwd").read_text()
    assert "video:x:" in (far.root / "etc/group").read_text()
    assert far.is_running
    assert lines[-1] == f"running {far.current.readlink().name}"


def test_only_missing_packages_are_installed_after_fetching_lists_that_are_not_there(
    far: FarSide, deploy_to: Deploy
) -> None:
    status, lines, _ = deploy_to(far)

    assert status == 0
    assert f"installing {MISSING}" in lines
    installed = (far.state / "installed").read_text().split()
    assert sorted(installed) == sorted(PACKAGES)
    assert [line for line in far.commands if line.endswith(" update")] == ["apt-get -qq update"]
    assert all("--no-install-recommends" in line for line in far.commands if " install " in line)


def test_everybody_may_read_a_release_however_narrow_the_umask_of_who_brought_it(
    far: FarSide, deploy_to: Deploy
) -> None:
    deploy_to(far)

    for path in [far.config, *(far.current.resolve()).rglob("*")]:
        wanted = 0o555 if path.is_dir() else 0o444
        assert path.stat().st_mode & wanted == wanted, path


def test_what_was_deployed_reads_a_note_with_nothing_but_itself(
    far: FarSide, deploy_to: Deploy, tmp_path: Path
) -> None:
    deploy_to(far)
    Image.fromarray(write_note("7", np.random.default_rng(7))).save(tmp_path / "note.png")

    def run(*words: str) -> str:
        environment = {**os.environ, "PYTHONPATH": str(far.current)}
        return subprocess.run(
            [sys.executable, "-P", *words],
            cwd=tmp_path,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    assert run("-c", "import device; print(device.__file__)").startswith(str(far.current))
    answer = json.loads(run("-m", "device", "read", "--json", "note.png"))
    assert answer["picture"] == "note.png"
    assert (answer["number"] is None) == (answer["refusal"] is not None)


def test_deploying_the_same_again_is_the_same_release_and_installs_nothing(
    far: FarSide, deploy_to: Deploy
) -> None:
    deploy_to(far)
    before, release = far.tree(), far.current.readlink()
    (far.state / "commands").unlink()

    status, _, _ = deploy_to(far)

    assert status == 0
    assert (far.tree(), far.current.readlink()) == (before, release)
    assert not [line for line in far.commands if line.startswith("apt-get")]


def test_the_last_three_releases_are_kept_and_each_can_be_gone_back_to(
    far: FarSide, deploy_to: Deploy, project: Path
) -> None:
    ran = []
    for seed in (2, 3, 4, 5):
        write_weights(project / "nn" / "inkling.npz", seed)
        deploy_to(far)
        ran.append(far.current.readlink().name)
    assert [name.partition("-")[0] for name in ran] == ["1", "2", "3", "4"]
    assert far.releases == ran[1:]

    for name in (ran[2], ran[1]):
        status, lines, _ = deploy_to(far, command="rollback")
        assert (status, lines[-1]) == (0, f"running {name}")
        assert far.current.readlink().name == name
    status, _, complaint = deploy_to(far, command="rollback")
    assert status == 1
    assert "there is no release from before to go back to" in complaint
    assert far.current.readlink().name == ran[1]

    write_weights(project / "nn" / "inkling.npz", seed=6)
    deploy_to(far)
    assert [name.partition("-")[0] for name in far.releases] == ["2", "3"]


def test_a_configuration_that_was_edited_is_kept_and_said(far: FarSide, deploy_to: Deploy) -> None:
    deploy_to(far)
    far.config.write_text("[board]\nbutton = 22\n")

    _, lines, _ = deploy_to(far)

    assert far.config.read_text() == "[board]\nbutton = 22\n"
    assert "kept /etc/inkling/config.toml, which was edited" in lines
    assert not [line for line in lines if line.startswith("new in the configuration")]


def test_the_service_has_the_network_while_the_page_is_enabled_and_not_by_mistake(
    far: FarSide, deploy_to: Deploy, project: Path
) -> None:
    drop_in = far.root / "etc/systemd/system/inkling.service.d/page.conf"
    shipped = (project / "systemd/page.conf").read_bytes()
    far.config.parent.mkdir()
    seen = []
    for text in ("enabled = true", "enabled = yes"):  # the second is no TOML
        far.config.write_text(f"[page]\n{text}\n")
        deploy_to(far)
        seen.append(drop_in.read_bytes() if drop_in.exists() else None)
    assert seen == [shipped, None]


def password_told(lines: list[str]) -> str:
    """The password that the deploy printed, once."""
    (line,) = [line for line in lines if line.startswith("http://")]
    place, told, password = line.rpartition("  password ")
    assert (place, told) == ("http://127.0.0.1:8000", "  password ")
    return password


@contextmanager
def running(far: FarSide, folder: Path) -> Iterator[PageDaemon]:
    """What was deployed, with the configuration that was, at a port that is free."""
    run = [sys.executable, "-P", "-m", "device", "run", "--simulate", "--plain"]
    settings = ["--config", str(far.config), "--set", "page.port=0", "--set", "page.keep=false"]
    process = subprocess.Popen(
        [*run, *settings],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(far.current)},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            daemon = PageDaemon(process, folder)
            assert daemon.port, daemon.log
            yield daemon
        finally:
            process.kill()


def test_the_password_that_a_deploy_tells_opens_the_page_and_stays_at_the_next(
    far: FarSide, deploy_to: Deploy, tmp_path: Path
) -> None:
    # Whatever runs when the service is started, and before, is in the far side's process list.
    far.replace(
        "systemctl",
        'cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" " " >>"$FAR_STATE/processes"\n'
        f'exec {STAND_INS}/systemctl "$@"',
    )
    status, lines, complaint = deploy_to(far, "--page")
    assert (status, complaint) == (0, "")
    password = password_told(lines)
    assert (far.root / "etc/systemd/system/inkling.service.d/page.conf").exists()
    assert "-m tools.far" in (far.state / "processes").read_text()
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert far.config in written
    assert [path for path in written if password.encode() in path.read_bytes()] == []

    with running(far, tmp_path) as page:
        assert page.ask("GET", "/api/state").status == 401
        assert page.ask("POST", "/api/session", {"password": f"{password}r"}).status == 403
        session = page.ask("POST", "/api/session", {"password": password})
        cookie = session.headers["set-cookie"].partition(";")[0]
        assert page.ask("GET", "/api/state", headers={"Cookie": cookie}).status == 200

    before = far.config.read_bytes()
    _, lines, _ = deploy_to(far, "--page")
    assert password_told(lines) == "as before"
    assert far.config.read_bytes() == before
    assert "kept /etc/inkling/config.toml, which was edited" not in lines


def test_an_edited_configuration_gets_the_page_and_its_password_is_told_come_what_may(
    far: FarSide, deploy_to: Deploy
) -> None:
    far.config.parent.mkdir()
    far.config.write_text("[board]\nbutton = 22\n[page]\nenabled = true\n")
    (far.state / "broken").write_text("no camera\n")

    status, lines, _ = deploy_to(far, "--new-page-password")

    assert status == 1
    found = tomllib.loads(far.config.read_text())
    assert is_right(password_told(lines), found["page"].pop("password_hash"))
    assert found == {"board": {"button": 22}, "page": {"enabled": True, "address": "0.0.0.0"}}


def test_a_page_is_not_opened_in_a_configuration_with_a_mistake_and_nothing_is_replaced(
    far: FarSide, deploy_to: Deploy
) -> None:
    far.config.parent.mkdir()
    far.config.write_text("[board]\nbuton = 22\n")

    status, lines, complaint = deploy_to(far, "--page")

    assert status == 1
    assert f"{far.config}: [board]: unknown key 'buton'" in complaint
    assert far.config.read_text() == "[board]\nbuton = 22\n"
    assert not far.current.exists()
    assert [line for line in lines if "http" in line] == []


def test_a_configuration_that_nobody_edited_follows_the_release(
    far: FarSide, deploy_to: Deploy, project: Path
) -> None:
    deploy_to(far)
    shipped = project / "device/config.toml"
    shipped.write_text(f"{shipped.read_text()}\n# A new line.\n")

    deploy_to(far)

    assert far.config.read_text() == shipped.read_text()


def test_weights_of_ones_own_take_the_place_of_the_shipped_ones(
    far: FarSide, deploy_to: Deploy, tmp_path: Path
) -> None:
    write_weights(tmp_path / "mine.npz", seed=9)

    deploy_to(far, "--weights", str(tmp_path / "mine.npz"))

    assert (far.current / "nn/inkling.npz").read_bytes() == (tmp_path / "mine.npz").read_bytes()


def test_weights_that_the_pi_would_refuse_are_refused_before_anything_is_brought(
    far: FarSide, deploy_to: Deploy, tmp_path: Path
) -> None:
    (tmp_path / "torn.npz").write_bytes(b"PK\x03\x04torn")
    write_weights(tmp_path / "old.npz", seed=1, preparation=VERSION - 1)

    for name, words in (("torn.npz", "torn.npz"), ("old.npz", "through preparation")):
        status, lines, complaint = deploy_to(far, "--weights", str(tmp_path / name))
        assert (status, lines) == (1, [])
        assert words in complaint
        assert complaint.count("\n") == 1


def test_a_dry_run_looks_and_changes_nothing(far: FarSide, deploy_to: Deploy) -> None:
    before = far.tree()

    status, lines, _ = deploy_to(far, "--dry-run")

    assert status == 0
    assert lines[2] == f"installing {MISSING}"
    steps = [line.partition(":")[0] for line in lines[3:-1]]
    assert steps == [
        *("packages", "user", "copy", "compile", "candidate", "check", "read", "unit", "switch"),
        *("configure", "systemd", "restart", "reading", "sync"),
    ]
    assert lines[-1] == "changed nothing"
    assert far.tree() == before
    assert far.commands == []


def test_a_first_release_that_does_not_start_stays_and_its_last_words_are_said(
    far: FarSide, deploy_to: Deploy
) -> None:
    (far.state / "broken").write_text("config.toml: unknown key 'exposre_us'\n")

    status, _, complaint = deploy_to(far)

    assert status == 1
    assert complaint.startswith(
        f"inkling-desk: {far.target}: the service is not ready: config.toml: unknown key "
        "'exposre_us'; it stays in place, for nothing ran before"
    )
    assert complaint.count("\n") == 1


def test_a_release_that_does_not_start_is_left_for_the_one_before_and_all_that_was_its(
    far: FarSide, deploy_to: Deploy, project: Path
) -> None:
    deploy_to(far)
    before, config = far.tree(), far.config.read_bytes()
    first = far.current.readlink().name
    shipped = project / "device/config.toml"
    shipped.write_text(f"{shipped.read_text()}\n# A new line.\n")
    (far.state / "broken-release").write_text("/2-\n")

    status, lines, complaint = deploy_to(far, "--page")

    assert status == 1
    assert complaint.endswith(f"{first} runs again\n")
    assert far.is_running
    assert (far.current.readlink().name, far.config.read_bytes()) == (first, config)
    assert far.tree() == before
    assert [line for line in lines if "password" in line and "http" in line] == []


def test_a_card_that_is_full_is_said_and_nothing_is_begun(
    far: FarSide, deploy_to: Deploy, tmp_path: Path
) -> None:
    (tmp_path / "unpacked").mkdir()
    far.replace("mktemp", f"echo {tmp_path}/unpacked")
    far.replace(
        "tar", "cat >/dev/null; echo tar: Cannot write: No space left on device >&2; exit 2"
    )

    status, _, complaint = deploy_to(far)

    assert status == 1
    assert complaint.endswith(f"{far.target}: unpacking failed: is the card full?\n")
    assert far.commands == []
    assert not (tmp_path / "unpacked").exists()


def test_nothing_is_left_in_the_far_temporary_folder(
    far: FarSide, deploy_to: Deploy, tmp_path: Path
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    far.replace("mktemp", f"exec /usr/bin/mktemp -d {temporary}/XXXXXX")

    assert deploy_to(far)[0] == 0

    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "version", "pretty", "model"),
    [
        ("raspbian", "11", "Raspbian GNU/Linux 11 (bullseye)", "Raspberry Pi Zero W Rev 1.1"),
        ("ubuntu", "24.04", "Ubuntu 24.04 LTS", "Raspberry Pi 4 Model B Rev 1.5"),
        ("debian", "12", "Debian GNU/Linux 12 (bookworm)", "Some other board"),
        ("debian", "", "Debian GNU/Linux trixie/sid", "Raspberry Pi 3 Model B"),
        ("debian", "14", "Debian GNU/Linux 14 (forky)", "Raspberry Pi 5 Model B Rev 1.0"),
    ],
)
def test_a_system_that_is_not_supported_is_refused_by_name_unless_forced(
    far: FarSide, deploy_to: Deploy, name: str, version: str, pretty: str, model: str
) -> None:
    far.say_system(name, version, pretty)
    far.say_model(model)

    status, _, complaint = deploy_to(far)
    assert status == 1
    assert f"{pretty} (armhf) on {model}; supported: Raspberry Pi OS 12" in complaint
    assert far.commands == []

    assert deploy_to(far, "--dry-run", "--force")[0] == 0


def test_a_machine_without_systemd_or_with_an_old_python_is_refused_even_when_forced(
    far: FarSide, deploy_to: Deploy
) -> None:
    far.replace("python3", "echo 3.9")
    assert "has Python 3.9; needed: 3.11 or newer" in deploy_to(far, "--force")[2]

    far.replace("python3", "exit 127")
    assert "has Python nowhere" in deploy_to(far, "--force")[2]


def test_a_user_who_is_not_root_goes_through_sudo(far: FarSide, deploy_to: Deploy) -> None:
    (far.state / "user").write_text("1000\n")

    status, _, complaint = deploy_to(far)

    assert (status, complaint) == (0, "")
    assert far.is_running


def test_sudo_that_asks_for_a_password_needs_a_terminal(far: FarSide, deploy_to: Deploy) -> None:
    (far.state / "user").write_text("1000\n")
    (far.state / "password").write_text("raspberry\n")

    status, _, complaint = deploy_to(far)

    assert status == 1
    assert "sudo asks for a password there: run this in a terminal" in complaint
    assert far.commands == []


def test_sudo_asks_for_the_password_where_there_is_a_terminal(far: FarSide, project: Path) -> None:
    (far.state / "user").write_text("1000\n")
    (far.state / "password").write_text("raspberry\n")
    words = ["deploy", "--port", str(far.port), "--identity", str(far.identity), far.target]
    ours, theirs = pty.openpty()
    desk = subprocess.Popen(
        [*DESK, *words],
        cwd=project,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,  # or the password is asked for on the terminal of these tests
    )
    os.close(theirs)
    shown = b""
    answered = False
    while select.select([ours], [], [], 60)[0]:
        try:
            shown += os.read(ours, 4096)
        except OSError:  # how a terminal says that its last user has gone
            break
        if not answered and b"password for sudo: " in shown:
            answered = os.write(ours, b"raspberry\n") > 0
    os.close(ours)

    assert desk.wait() == 0, shown
    assert b"running 1-" in shown
    assert b"raspberry" not in shown


def test_without_root_and_without_sudo_the_way_out_is_said(far: FarSide, deploy_to: Deploy) -> None:
    (far.state / "user").write_text("1000\n")
    far.lose("sudo")

    assert "neither root nor sudo there" in deploy_to(far)[2]


def test_a_host_key_that_is_not_known_or_not_the_same_is_said(
    far: FarSide, deploy_to: Deploy, tmp_path: Path
) -> None:
    far.known_hosts.write_text("")
    assert "its host key is not known yet: accept it with ssh" in deploy_to(far)[2]

    subprocess.run(["ssh-keygen", "-qt", "ed25519", "-N", "", "-f", tmp_path / "other"], check=True)
    far.know(tmp_path / "other")
    assert "forget the old key with ssh-keygen -R 127.0.0.1" in deploy_to(far)[2]


def test_a_key_that_opens_nothing_is_said(far: FarSide, deploy_to: Deploy, tmp_path: Path) -> None:
    subprocess.run(["ssh-keygen", "-qt", "ed25519", "-N", "", "-f", tmp_path / "other"], check=True)

    assert "ssh-copy-id" in deploy_to(far, "--identity", str(tmp_path / "other"))[2]


def test_a_pi_that_does_not_listen_or_has_no_such_name_is_said(
    far: FarSide, deploy_to: Deploy
) -> None:
    assert "nothing listens there" in deploy_to(far, "--port", str(free_port()))[2]

    far.target = "pi@no-such-machine.invalid"
    assert "no machine has that name" in deploy_to(far)[2]


@pytest.mark.usefixtures("project")
def test_a_missing_ssh_is_said(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert main(["deploy", "pi@raspberrypi.local"]) == 1
    complaint = capsys.readouterr().err
    assert complaint == "inkling-desk: ssh is not installed: sudo apt install openssh-client\n"


@pytest.mark.parametrize(
    "target",
    [
        "",
        "-oProxyCommand=touch run",
        "pi@-oProxyCommand=touch run",
        "pi@host; touch run",
        "pi@$(touch run)",
        "pi@@host",
        "pi @host",
        "ssh://pi@host",
    ],
)
def test_what_is_no_host_is_refused_and_runs_nothing(
    target: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)

    assert main(["deploy", "--", target]) == 1
    complaint = capsys.readouterr().err
    assert "is no Pi; write user@host" in complaint
    assert complaint.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_release_is_named_after_its_content_and_leaves_out_what_is_not_ours(
    project: Path,
) -> None:
    def name_now() -> str:
        return deploy_release.release_name(deploy_release.release_files(project, None))

    name = name_now()
    for litter in ("device/.swp", "device/old.py~", "nn/__pycache__/x.pyc", "nn/.git/config"):
        (project / litter).parent.mkdir(exist_ok=True)
        (project / litter).write_text("litter")
    assert name_now() == name

    (project / "device" / "new.py").write_text("")
    assert name_now() != name


def test_of_several_pis_one_that_fails_leaves_the_others_and_is_named_at_the_end(
    far: FarSide, project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    words = ["deploy", "--port", str(far.port), "--identity", str(far.identity)]

    status = main([*words, "--", f"{far.target} pi@no-such-machine.invalid {far.target}"])

    assert status == 1
    out, err = capfd.readouterr()
    assert f"{far.target}: running {far.current.readlink().name}" in out.splitlines()
    assert [line for line in out.splitlines() if "FAILED" in line] == [
        "pi@no-such-machine.invalid: FAILED: no machine has that name: is it on? "
        "Its address works as well"
    ]
    assert err == "inkling-desk: 1 of 2 failed: pi@no-such-machine.invalid\n"
    assert far.is_running


def test_on_a_terminal_each_pi_has_one_line_and_what_was_said_stays_above() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    screen = pyte.Screen(80, 8)
    lines = Lines(["pi@kitchen", "pi@attic"], terminal)
    lines.show("pi@attic", "copy: 120 files")
    lines.say("pi@kitchen", "installing python3-numpy")
    lines.show("pi@kitchen", "check: 2-0.1.0")
    lines.show("pi@attic", "check: " + "x" * 200)
    lines.end("pi@kitchen", "running 2-0.1.0")
    lines.show("pi@attic", "restart")
    pyte.Stream(screen).feed(terminal.getvalue().replace("\n", "\r\n"))

    assert [row.rstrip() for row in screen.display if row.strip()] == [
        "pi@kitchen: installing python3-numpy",
        "pi@kitchen: running 2-0.1.0",
        "pi@attic: restart",
    ]


def test_status_says_what_runs_and_logs_what_it_said(far: FarSide, deploy_to: Deploy) -> None:
    status, _, complaint = deploy_to(far, command="status")
    assert (status, complaint) == (
        1,
        f"inkling-desk: {far.target}: inkling is not deployed there\n",
    )
    deploy_to(far)
    (far.state / "said").write_text("ready\n")
    (far.state / "journal").write_text("7 (0.31 s)\n")
    (far.current / "device/reader.py").write_text("# Mine.\n")

    status, lines, complaint = deploy_to(far, command="status")

    release = far.current.readlink().name
    assert (status, complaint) == (0, "")
    assert lines == [
        f"ready, release {release}; weights inkling; changed on the Pi: device/reader.py"
    ]
    _, lines, _ = deploy_to(far, "--no-follow", command="logs")
    assert lines[-2:] == ["7 (0.31 s)", "end of the log"]


def test_a_connection_that_is_lost_says_where_and_the_deploy_comes_to_its_end(
    far: FarSide, project: Path
) -> None:
    held = far.state / "held"
    held.touch()
    far.replace(
        "runuser",
        f"touch {held}.seen; while [ -e {held} ]; do sleep 0.1; done; "
        f'exec {STAND_INS}/runuser "$@"',
    )
    words = ["deploy", "--port", str(far.port), "--identity", str(far.identity), far.target]
    desk = subprocess.Popen(
        [*DESK, *words], cwd=project, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    wait_until(Path(f"{held}.seen").exists)
    far.hang_up()
    _, complaint = desk.communicate()
    assert desk.returncode == 1
    assert complaint == (
        f"inkling-desk: {far.target}: the connection was lost at check; the Pi comes to an end "
        f"by itself, or goes back: make status PI={far.target}\n"
    )
    assert not far.current.exists()

    held.unlink()
    wait_until(lambda: far.is_running)
    assert far.current.readlink().name.startswith("1-")


def wait_until(condition: Callable[[], bool]) -> None:
    while not condition():
        time.sleep(0.05)
