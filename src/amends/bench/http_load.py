"""A small HTTP/1.1 client for load: one socket a client, kept open, as little work of its own as possible."""

import socket
import time
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from typing import Any


class Client:
    """One connection. `post` and `get` answer the status and the body. Raises ConnectionError when the server closes it."""

    def __init__(self, host: str, port: int, bearer: str) -> None:
        self.head = f"Host: {host}\r\nAuthorization: Bearer {bearer}\r\nAccept-Language: zh\r\n"
        self.socket = socket.create_connection((host, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def post(self, path: str, body: bytes, key: str) -> tuple[int, bytes]:
        """One POST with an Idempotency-Key."""
        head = f"POST {path} HTTP/1.1\r\n{self.head}Content-Type: application/json\r\nIdempotency-Key: {key}\r\nContent-Length: {len(body)}\r\n\r\n"
        return self._ask(head.encode() + body)

    def get(self, path: str, more: str = "") -> tuple[int, bytes]:
        """One GET; `more` is further header lines."""
        return self._ask(f"GET {path} HTTP/1.1\r\n{self.head}{more}\r\n".encode())

    def _ask(self, request: bytes) -> tuple[int, bytes]:
        self.socket.sendall(request)
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, body = data.partition(b"\r\n\r\n")
        low = head.lower()
        if b"transfer-encoding: chunked" in low:
            while not body.endswith(b"0\r\n\r\n"):
                body += self._more()
        else:
            at = low.find(b"content-length:")
            length = int(low[at + 15: low.find(b"\r\n", at) if low.find(b"\r\n", at) > 0 else None]) if at >= 0 else 0
            while len(body) < length:
                body += self._more()
        return int(head[9:12]), body

    def _more(self) -> bytes:
        chunk = self.socket.recv(65536)
        if not chunk:
            raise ConnectionError("the server closed the connection")
        return chunk


def together(work: Callable[..., list[float]], shares: Sequence[tuple[Any, ...]]) -> tuple[float, list[float]]:
    """Run `work(*share)` in one process for each share, all at once; answers the seconds from first to last and every latency."""
    context = get_context("spawn")
    start = time.perf_counter()
    with context.Pool(len(shares)) as pool:
        pool.starmap(_nothing, [()] * len(shares))  # processes are up before the time counts
        start = time.perf_counter()
        found = pool.starmap(work, shares, chunksize=1)
    return time.perf_counter() - start, [x for some in found for x in some]


def _nothing() -> None:
    time.sleep(0.2)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie; 0 for none."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else 0.0
