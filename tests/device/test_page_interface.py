"""The interface is what `openapi.json` says: for what may be asked, and for whatever comes."""

import http.client
import json
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from device.page.routes import INTERFACE, ROUTES, File
from tests.device.page_daemon import Answer, PageDaemon, png, serving

API = json.loads(INTERFACE.read_text())
METHODS = ("get", "post", "put", "delete")
ENDLESS = "/api/events"
OPERATIONS = [
    (method.upper(), path)
    for path, described in API["paths"].items()
    for method in METHODS
    if method in described and path != ENDLESS
]
MORE_MEMORY_MB = 40
"""What all the fuzzing together may cost."""


def resolve(schema: Any) -> Any:
    while "$ref" in schema:
        found: Any = API
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return schema


KINDS: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


def faults(form: Any, schema: Any, where: str = "it") -> list[str]:
    """What of a form isn't as its schema says; knows what `openapi.json` uses, no more."""
    schema = resolve(schema)
    unknown = schema.keys() - {
        *("type", "properties", "required", "additionalProperties", "items", "oneOf", "enum"),
        *("pattern", "minItems", "maxItems", "maxLength", "description", "contentEncoding"),
        *("minimum", "maximum", "default", "format"),
    }
    assert not unknown, f"the check doesn't know {unknown}"
    if "oneOf" in schema:
        found = [faults(form, each, where) for each in schema["oneOf"]]
        return [] if any(not each for each in found) else min(found, key=len)
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    fits = any(isinstance(form, KINDS[kind]) for kind in kinds)
    if not fits or (isinstance(form, bool) and "boolean" not in kinds):
        return [f"{where} is {form!r:.40}, no {kinds}"]
    if "enum" in schema and form not in schema["enum"]:
        return [f"{where} is {form!r}"]
    if isinstance(form, str) and not re.search(schema.get("pattern", ""), form):
        return [f"{where} is {form!r:.40}"]
    if isinstance(form, list):
        count = len(form)
        if not schema.get("minItems", 0) <= count <= schema.get("maxItems", count):
            return [f"{where} has {count}"]
        return [
            fault
            for number, item in enumerate(form)
            for fault in faults(item, schema["items"], f"{where}[{number}]")
        ]
    if isinstance(form, dict) and "properties" in schema:
        known = schema["properties"]
        found_faults = [
            f"{where}.{name} is missing" for name in schema["required"] if name not in form
        ]
        found_faults += [f"{where}.{name} is not described" for name in form.keys() - known.keys()]
        for name in form.keys() & known.keys():
            found_faults += faults(form[name], known[name], f"{where}.{name}")
        return found_faults
    return []


def filled(path: str, name: str) -> str:
    """Put a reading's name, or a digit, into a path."""
    return path.replace("{id}", name).replace("{digit}", "7" if name[:1].isdigit() else name)


def check(method: str, path: str, answer: Answer) -> None:
    """Hold an answer to what is described."""
    described = API["paths"][path][method.lower()]["responses"]
    assert str(answer.status) in described, f"{method} {path}: {answer.status} {answer.body!r:.200}"
    content = resolve(described[str(answer.status)]).get("content")
    if content is None:
        assert answer.body == b""
        return
    kind = answer.headers["content-type"].partition(";")[0]
    assert kind in content
    if kind == "application/json":
        assert faults(answer.form, content[kind]["schema"]) == []


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageDaemon]:
    folder = tmp_path_factory.mktemp("page")
    with serving(folder) as running:
        running.lay(png(folder))
        reading = running.press()
        running.ask("PUT", f"/api/readings/{reading['id']}/correction", {"number": "47"})
        yield running
        assert running.ask("GET", "/api/state").status == 200, "it has not survived"
        assert "Traceback" not in running.log


@pytest.fixture(scope="module")
def name(daemon: PageDaemon) -> str:
    """A reading that is there."""
    found: str = daemon.ask("GET", "/api/readings").form["readings"][0]["id"]
    return found


def test_what_is_described_is_served_and_what_is_served_is_described() -> None:
    patterns = [pattern for pattern, handler in ROUTES if handler is not File]
    paths = {path: filled(path, "000001-00000000") for path in API["paths"]}
    for path in paths.values():
        assert [pattern for pattern in patterns if re.fullmatch(pattern, path)], path
    for pattern in patterns:
        assert [path for path in paths.values() if re.fullmatch(pattern, path)], pattern


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_each_answer_is_as_it_is_described(
    daemon: PageDaemon, name: str, method: str, path: str, tmp_path: Path
) -> None:
    if (method, path) == ("DELETE", "/api/readings/{id}"):
        name = daemon.press()["id"]  # one of its own: the others need theirs
    bodies: dict[str, Any] = {
        "/api/note": png(tmp_path),
        "/api/read": png(tmp_path),
        "/api/press": {},
        "/api/session": {"password": "any"},
        "/api/readings/{id}/correction": {"number": None},
    }
    body = bodies.get(path) if method in ("POST", "PUT") else None
    kind = "image/png" if isinstance(body, bytes) else "application/json"
    if path == "/api/frame.jpg":
        with daemon.events() as stream:
            stream.wait_for("frame")
    answer = daemon.ask(method, filled(path, name), body, kind=kind)
    check(method, path, answer)
    assert answer.status < 400 or (method, path) == ("POST", "/api/session")


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_what_is_not_there_is_answered_as_it_is_described(
    daemon: PageDaemon, method: str, path: str
) -> None:
    if "{id}" in path:
        body = {"number": "1"} if method == "PUT" else None
        answer = daemon.ask(method, filled(path, "999999-00000000"), body)
        assert answer.status == 404
        check(method, path, answer)


@pytest.mark.parametrize("path", API["paths"])
def test_no_other_method_is_taken(daemon: PageDaemon, name: str, path: str) -> None:
    for method in {"GET", "POST", "PUT", "DELETE", "PATCH"} - {
        each.upper() for each in API["paths"][path]
    }:
        answer = daemon.ask(method, filled(path, name))
        assert answer.status == 405, method
        assert set(answer.headers["allow"].split(", ")) == {
            each.upper() for each in API["paths"][path] if each in METHODS
        }


def test_events_are_as_they_are_described(daemon: PageDaemon) -> None:
    forms = {
        "hello": "Hello",
        "state": "State",
        "board": "Board",
        "note": "Note",
        "frame": "Frame",
        "reading": "Reading",
        "kept": "Kept",
        "watchers": "Watchers",
        "health": "Health",
    }
    seen = set()
    with daemon.events() as stream:
        daemon.ask("DELETE", "/api/note")
        daemon.ask("POST", "/api/press", {})
        for kind, form in stream:
            assert faults(form, {"$ref": f"#/components/schemas/{forms[kind]}"}) == []
            seen.add(kind)
            if {"hello", "state", "board", "frame", "reading", "watchers"} <= seen:
                break


# --- whatever comes ---

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
NEARLY = st.fixed_dictionaries(
    {},
    optional={
        "number": SCALARS | st.text(string.digits, max_size=10),
        "hold": SCALARS,
        "password": SCALARS | st.text(max_size=2000),
    },
)
BODIES = st.none() | NEARLY | JSON | st.binary(max_size=200)
TYPES = st.sampled_from(["application/json", "image/png", "image/webp", "text/plain", ""])
IDS = st.from_regex(r"[0-9]{6}-[0-9a-f]{8}", fullmatch=True) | st.text(min_size=1, max_size=40)
QUERIES = st.dictionaries(
    st.sampled_from(["digit", "number", "x"]),
    st.integers().map(str) | st.text(max_size=20),
    max_size=2,
)


@settings(
    max_examples=150,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_whatever_comes_is_answered_as_it_is_described(
    daemon: PageDaemon, name: str, data: st.DataObject
) -> None:
    method, path = data.draw(st.sampled_from(OPERATIONS))
    query, body, kind = data.draw(QUERIES), data.draw(BODIES), data.draw(TYPES)
    at = data.draw(st.just(name) | IDS) if "{" in path else ""
    if (method, path, at) == ("DELETE", "/api/readings/{id}", name):
        return
    target = filled(path, quote(at, safe="")) + ("?" + urlencode(query) if query else "")
    sent: Any = body
    if body is not None and not isinstance(body, bytes):
        sent = json.dumps(body).encode()
    answer = daemon.ask(method, target, sent, kind=kind)
    assert answer.status < 500
    if not re.fullmatch(r"[^/]{1,64}", at or "x") or answer.status in (404, 405):
        return
    check(method, path, answer)


@settings(
    max_examples=150,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    raw=st.binary(max_size=300),
    start=st.sampled_from([b"", b"GET / HTTP/1.1\r\nHost: localhost\r\n"]),
)
def test_no_bytes_end_it(daemon: PageDaemon, raw: bytes, start: bytes) -> None:
    answer = daemon.raw(start + raw + b"\r\n\r\n", patience_s=0.05)
    assert not answer.startswith((b"HTTP/1.1 5", b"HTTP/1.0 5"))


def test_all_of_that_costs_no_memory(daemon: PageDaemon) -> None:
    def ask_much() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=30)
        for _ in range(60):
            connection.request("GET", "/api/readings")
            connection.getresponse().read()
            connection.request("POST", "/api/press", b"[", {"Content-Type": "application/json"})
            connection.getresponse().read()
        connection.close()

    ask_much()
    before = daemon.memory_mb()
    ask_much()
    assert daemon.memory_mb() < before + MORE_MEMORY_MB
