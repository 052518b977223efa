"""What is told of a deploy that doesn't come to where a test waits for it."""

from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from tests.pi.container import Container, free_port
from tests.pi.desk import Desk
from tests.pi.stage import Unproven


class Gone:
    """A container in which nobody listens."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "root"
        self.ssh_config = folder / "ssh_config"
        (self.root / "srv").mkdir(parents=True)
        self.ssh_config.write_text(f"Host 127.0.0.1\n  Port {free_port()}\n")
        self.code = "none yet"

    def at_step(self, code: str) -> None:
        self.code = code


def test_what_a_desk_says_that_ends_before_its_deploy_comes_to_a_step_is_told_at_once(
    tmp_path: Path, needs: Callable[[str], str]
) -> None:
    needs("ssh")
    container = Gone(tmp_path)
    desk = Desk(tmp_path, cast(Container, container))

    with pytest.raises(Unproven) as caught, desk.held("sync"):
        pytest.fail("nobody can have waited")

    words = str(caught.value)
    assert words.startswith("the deploy does not come to sync: exit status 1: ")
    assert words.endswith("nothing listens there: switch ssh on in raspi-config, or give --port")
    assert container.code == ""
