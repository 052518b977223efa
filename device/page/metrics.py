"""The metrics, in Prometheus's text form (exposition format 0.0.4)."""

from device import __version__
from device.page.room import Room
from device.snapshot import State


def write_metrics(room: Room) -> str:
    """Write all metrics."""
    health, counts, kept = room.health(), room.counts, room.keeper.form
    lines: list[str] = []

    def add(name: str, kind: str, words: str, *samples: tuple[str, float | None]) -> None:
        lines.append(f"# HELP inkling_{name} {words}")
        lines.append(f"# TYPE inkling_{name} {kind}")
        for labels, value in samples:
            if value is not None:
                lines.append(f"inkling_{name}{labels} {value:g}")

    add("info", "gauge", "The version.", (f'{{version="{__version__}"}}', 1))
    states = [(f'{{state="{each}"}}', float(each is room.state)) for each in State]
    add("state", "gauge", "1 for the state that the appliance is in.", *states)
    outcomes = [(f'{{outcome="{each}"}}', counts[each]) for each in ("answered", "refused")]
    add("readings_total", "counter", "Readings since the start.", *outcomes)
    add(
        "corrections_total",
        "counter",
        "Corrections since the start.",
        ("", room.keeper.corrections),
    )
    add("presses_total", "counter", "Presses on the page.", ("", counts["presses"]))
    wrong = counts["wrong_passwords"]
    add("wrong_passwords_total", "counter", "Wrong passwords since the start.", ("", wrong))
    classes = [(f'{{class="{n}xx"}}', counts[f"http_{n}xx"]) for n in range(1, 6)]
    add("http_responses_total", "counter", "Answers of the page.", *classes)
    add("watchers", "gauge", "Who watches now.", ("", room.hub.form()["number"]))
    add("pictures_encoded_total", "counter", "Live pictures encoded.", ("", room.eye.encoded))
    add("kept_readings", "gauge", "Readings on the disk.", ("", kept["number"]))
    add("kept_bytes", "gauge", "Bytes of the readings on the disk.", ("", kept["bytes"]))
    add("fault", "gauge", "1 while something is wrong.", ("", float(health["fault"] is not None)))
    add("uptime_seconds", "gauge", "Seconds since the page began.", ("", health["uptime_s"]))
    add("temperature_celsius", "gauge", "The processor's heat.", ("", health["temperature_c"]))
    memory = health["memory_mb"]
    resident = None if memory is None else memory * 1e6
    add("resident_memory_bytes", "gauge", "Memory of the whole process.", ("", resident))
    return "\n".join(lines) + "\n"
