"""A MariaDB server of our own, which need not outlive a power cut."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from sqlalchemy import URL, create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

OPTIONS = (
    "--skip-networking",
    # waiting for the disk would take most of a test's time
    "--innodb-flush-method=nosync",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
    "--sync-frm=0",
)
START_SECONDS = 60


def is_installed() -> bool:
    """Whether the server and what makes its first files are on the path."""
    return all(shutil.which(name) for name in ("mariadbd", "mariadb-install-db"))


class MariaDBServer:
    """The server, on a socket in a folder of its own."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="sl-my-"))
        data, socket = self._folder / "data", self._folder / "socket"
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
                ["mariadbd", *shared, f"--socket={socket}", *OPTIONS], stdout=log, stderr=log
            )
        self.url = URL.create(
            "mysql+pymysql",
            username="root",
            host="localhost",
            query={"unix_socket": str(socket), "charset": "utf8mb4"},
        )
        self._wait()

    def close(self) -> None:
        """End the server, and leave nothing of it behind."""
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._folder)

    def _wait(self) -> None:
        engine = create_engine(self.url, poolclass=NullPool)
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                engine.connect().close()
            except OperationalError:
                if self._process.poll() is not None or time.monotonic() > until:
                    raise
                time.sleep(0.1)
            else:
                return
