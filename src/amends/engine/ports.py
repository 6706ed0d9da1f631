"""A free port of this machine, for what starts several servers at once."""

import socket


def free_port(host: str, first: int) -> int:
    """The first free port from `first` on. Raises OSError when none of twenty is."""
    for port in range(first, first + 20):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise OSError(f"no free port from {first} on")
