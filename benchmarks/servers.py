"""gunicorn with two workers, in front of either portal."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
WORKERS = 2


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Running:
    """A server at work."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.port = port

    def worker_kib(self) -> list[int]:
        """The memory that each worker holds, in KiB; what they share counts in each."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [_resident(int(worker)) for worker in children.split()]


def _resident(process: int) -> int:
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise ProcessLookupError(process)


@contextmanager
def serve(app: str, environment: Mapping[str, str], log: Path, *options: str) -> Iterator[Running]:
    """Run the application until the block ends, with more options of gunicorn's."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "gunicorn", "--workers", str(WORKERS), "--bind"),
        *(f"127.0.0.1:{port}", "--log-level", "warning", *options, app),
    ]
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603
            command, cwd=ROOT, env=os.environ | environment, stdout=output, stderr=output
        )
        try:
            _wait_for(port, process, log)
            yield Running(process, port)
        finally:
            process.terminate()
            process.wait(30)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise SystemExit(f"The server did not start:\n{log.read_text()}")
