"""What the appliance's tests may ask for."""

import os
import sys
from pathlib import Path

import pytest


@pytest.fixture
def laptop(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide what drives a Pi's camera and pins, from this process and from those it starts."""
    folder = tmp_path_factory.mktemp("hidden")
    for name in ("lgpio", "picamera2"):
        monkeypatch.setitem(sys.modules, name, None)
        absent = f"raise ModuleNotFoundError(\"No module named '{name}'\", name={name!r})\n"
        (folder / f"{name}.py").write_text(absent)
    # Had it been imported before, it would not miss lgpio any more.
    monkeypatch.delitem(sys.modules, "gpiozero.pins.lgpio", raising=False)
    paths: list[str | Path] = [folder, *filter(None, [os.environ.get("PYTHONPATH")])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(map(str, paths)))
