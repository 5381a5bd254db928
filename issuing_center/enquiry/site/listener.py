"""The site's own listener: HTTP on this machine alone. TLS is for the proxy before it, which the public reaches."""

from collections.abc import Iterator
from contextlib import contextmanager
from socket import AF_INET, IPPROTO_TCP, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, socket

import uvicorn

from issuing_center.enquiry.site.app import App

HOST = "127.0.0.1"


@contextmanager
def listening(port: int) -> Iterator[socket]:
    """Listen for the block; 0 takes a free port. Raises OSError when it is taken."""
    with socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) as listener:
        listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(128)
        yield listener


def make_server(app: App) -> uvicorn.Server:
    """Make the HTTP server; `run(sockets=[...])` serves until `should_exit` is set."""
    return uvicorn.Server(
        uvicorn.Config(
            app=app,
            interface="asgi3",
            http="httptools",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=200,
            timeout_keep_alive=10,
            timeout_graceful_shutdown=5,
        )
    )
