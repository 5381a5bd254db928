"""How the server listens."""

from socket import IPPROTO_TCP

from issuing_center.server import listen


def test_connections_are_told_to_be_tcp_so_that_answers_are_not_delayed() -> None:
    with listen("127.0.0.1", 0) as listener:
        assert listener.proto == IPPROTO_TCP
