"""A MariaDB server of our own, which need not outlive a power cut."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from sqlalchemy import URL

OPTIONS = (
    "--skip-networking",
    # waiting for the disk would take most of a test's time
    "--innodb-flush-method=nosync",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
    "--sync-frm=0",
    # a third of what a migration costs the server is writing these down
    "--innodb-stats-persistent=0",
)
START_SECONDS = 180


def is_installed() -> bool:
    """Whether the server and what makes its first files are on the path."""
    return all(shutil.which(name) for name in ("mariadbd", "mariadb-install-db"))


class MariaDBServer:
    """The server, on a socket in a folder of its own."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="sl-my-"))
        data, socket_file = self._folder / "data", self._folder / "socket"
        shared = ("--no-defaults", f"--datadir={data}", "--user=root")
        subprocess.run(
            [
                *("mariadb-install-db", *shared),
                "--auth-root-authentication-method=normal",
                # with it come nameless users, who go before those of any host
                "--skip-test-db",
            ],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                ["mariadbd", *shared, f"--socket={socket_file}", *OPTIONS], stdout=log, stderr=log
            )
        self.url = URL.create(
            "mysql+pymysql",
            username="root",
            host="localhost",
            # without it the client reads the certificates of the machine at each connection
            query={"unix_socket": str(socket_file), "charset": "utf8mb4", "ssl_disabled": "true"},
        )
        self._wait_for(socket_file)

    def close(self) -> None:
        """End the server, and leave nothing of it behind."""
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._folder)

    def _wait_for(self, socket_file: Path) -> None:
        # PyMySQL leaves a refused socket open, which is an error in whatever test runs then
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            with socket.socket(socket.AF_UNIX) as probe:
                if probe.connect_ex(str(socket_file)) == 0:
                    return
            assert self._process.poll() is None, (self._folder / "log").read_text()
            time.sleep(0.1)
        raise TimeoutError("MariaDB did not start.")
