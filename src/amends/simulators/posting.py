"""Messages to the product, as badly as asked: lost, late, overtaking each other, doubled. Not answered with 2xx they are sent again, more and more seldom."""

from __future__ import annotations

import heapq
import json
import random
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any

from amends.simulators.signatures import message_headers

TRIES = 8
SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Faults:
    """Shares of messages lost, doubled and held back behind later ones (0 to 1), and the longest delay in seconds."""

    loss: float = 0.0
    delay: float = 0.0
    reorder: float = 0.0
    double: float = 0.0


@dataclass(order=True, slots=True)
class _Post:
    due: float
    order: int
    ident: str = field(compare=False)
    body: bytes = field(compare=False)
    tries: int = field(compare=False, default=0)


class Poster:
    """Sends messages to one address from threads of its own; `chance` decides the fate of each."""

    def __init__(self, hook: str, secret: str, faults: Faults, chance: random.Random, threads: int = 4) -> None:
        self.hook, self._secret, self._faults, self._chance = hook, secret, faults, chance
        self._heap: list[_Post] = []
        self._more, self._count, self._over = threading.Condition(), 0, False
        self._direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        for n in range(threads):
            threading.Thread(target=self._work, name=f"post-{n}", daemon=True).start()

    def say(self, kind: str, data: dict[str, Any]) -> None:
        """One message: `type` and `data`."""
        if not self.hook:
            return
        with self._more:
            ident = f"msg_{self._chance.getrandbits(96):024x}"
            body = json.dumps({"type": kind, "data": data}, ensure_ascii=False, separators=(",", ":")).encode()
            if self._chance.random() >= self._faults.loss:
                self._put(ident, body)
            if self._chance.random() < self._faults.double:  # the very same message, or the same news in another
                self._put(ident if self._chance.random() < 0.5 else f"{ident}x", body)

    def _put(self, ident: str, body: bytes) -> None:
        late = self._chance.uniform(0, self._faults.delay)
        if self._chance.random() < self._faults.reorder:
            late += self._chance.uniform(0.2, 1) * max(1.0, self._faults.delay)
        self._count += 1
        heapq.heappush(self._heap, _Post(time.monotonic() + late, self._count, ident, body))
        self._more.notify()

    def waiting(self) -> int:
        """Messages not delivered yet."""
        with self._more:
            return len(self._heap)

    def close(self) -> None:
        """Send nothing more."""
        with self._more:
            self._over = True
            self._more.notify_all()

    def _work(self) -> None:
        while (post := self._next()) is not None:
            if not self._send(post) and post.tries < TRIES:
                post.tries += 1
                post.due = time.monotonic() + 2.0**post.tries / 2
                with self._more:
                    heapq.heappush(self._heap, post)
                    self._more.notify()

    def _next(self) -> _Post | None:
        with self._more:
            while not self._over:
                if self._heap and (wait := self._heap[0].due - time.monotonic()) <= 0:
                    return heapq.heappop(self._heap)
                self._more.wait(wait if self._heap else None)
        return None

    def _send(self, post: _Post) -> bool:
        request = urllib.request.Request(self.hook, post.body, message_headers(self._secret, post.ident, post.body, time.time()), method="POST")
        try:
            with self._direct.open(request, timeout=SECONDS) as answer:
                return bool(200 <= answer.status < 300)
        except urllib.error.HTTPError as refused:
            return 400 <= refused.code < 500 and refused.code not in (408, 429)  # saying it again changes nothing
        except (OSError, ValueError):
            return False
