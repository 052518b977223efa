"""Serving the page: one loop for all connections, and bounds for each of them."""

import asyncio
import contextlib
import logging
import os
import socket
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream
from tornado.web import Application

from device.config import PageConfig
from device.page.guard import Sessions, Turnstile, own_names
from device.page.room import Room
from device.page.routes import ROUTES, NotThere

if TYPE_CHECKING:
    from device.page.page import Page

log = logging.getLogger(__name__)

MOST_CONNECTIONS = 160

MOST_OF_ONE = 96
"""Connections of one address that is not this machine: a browser makes six, and a whole household
may come by one address. Some are left for others."""

IDLE_S = 15.0
"""How long a request may take to arrive, and a connection to do nothing."""

BODY_S = 30.0
"""How long a picture may take to arrive."""

GOODBYE_S = 0.3
"""How long closing all connections may take in the end."""

LARGEST_HEADER = 16 * 1024
LARGEST_BODY = 64 * 1024
"""Bytes, unless a handler allows more."""


class Server(HTTPServer):
    """tornado's server with a bound on connections, and on those of one address."""

    def initialize(self, *args: Any, **kwargs: Any) -> None:
        """Take what tornado's server takes."""
        super().initialize(*args, **kwargs)
        self._open: Counter[str] = Counter()

    def handle_stream(self, stream: IOStream, address: tuple[Any, ...]) -> None:
        """Take a connection, or close it at once where there are too many."""
        who = str(address[0])
        limit = MOST_CONNECTIONS if _is_this_machine(who) else MOST_OF_ONE
        if self._open.total() >= MOST_CONNECTIONS or self._open[who] >= limit:
            stream.close()
            return
        self._open[who] += 1
        super().handle_stream(stream, address)

    def on_close(self, server_conn: object) -> None:
        """Count a connection out."""
        super().on_close(server_conn)
        connection: Any = server_conn  # tornado's own kind of it, which knows its address
        who = str(connection.context.address[0])
        self._open[who] -= 1
        if self._open[who] <= 0:
            del self._open[who]


async def serve(page: "Page") -> None:
    """Serve a page until it is closed."""
    _quieten_tornado()
    assert page.controls is not None
    config = page.config.page
    room = Room(page.config, page.controls, kept_folder(config))
    application = Application(
        ROUTES,
        default_handler_class=NotThere,
        log_function=lambda handler: room.counts.update([f"http_{handler.get_status() // 100}xx"]),
        compress_response=False,
        room=room,
        names=own_names(socket.gethostname(), config.hosts),
        sessions=Sessions(config.session_h * 3600),
        turnstile=Turnstile(),
    )
    server = Server(
        application,
        max_header_size=LARGEST_HEADER,
        max_body_size=LARGEST_BODY,
        max_buffer_size=16 * 1024 * 1024,
        idle_connection_timeout=IDLE_S,
        body_timeout=BODY_S,
        chunk_size=LARGEST_BODY,
    )
    try:
        await room.open()
        server.add_socket(page.socket)
        page.open_for(room, asyncio.get_running_loop())
        log.info("the page is at %s", page.address)
        await room.ended.wait()
    finally:
        server.stop()
        room.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(server.close_all_connections(), GOODBYE_S)


def kept_folder(config: PageConfig) -> Path | None:
    """Say where readings are kept: the configured folder, systemd's, or the user's own."""
    if not config.keep:
        return None
    if config.folder:
        return Path(config.folder).expanduser()
    if state := os.environ.get("STATE_DIRECTORY"):
        return Path(state.split(":")[0]) / "readings"
    home = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(home).expanduser() / "inkling" / "readings"


def _is_this_machine(address: str) -> bool:
    return address in ("127.0.0.1", "::1", "::ffff:127.0.0.1")


def _quieten_tornado() -> None:
    """Let strangers not fill the journal with what they send."""
    for name in ("tornado.access", "tornado.general"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
