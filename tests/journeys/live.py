"""The portal as it runs in production: real web workers and schedulers on one database, killed by their ids.

They are forks of a process that has imported the portal (see `preloaded`): a start is a tenth of the work.
"""

import base64
import contextlib
import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Self

from preloaded import Started, run_portal

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 90


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(database, folder: Path, *, clock: str) -> dict[str, str]:
    """Return the environment of an instance's processes: this database, this clock, the keys of the tests' app."""
    folder.mkdir(exist_ok=True)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return inherited | {
        "PORTAL_ENV": "test",
        "PORTAL_CLOCK": clock,
        "PORTAL_DATABASE_URL": database.url,
        "PORTAL_DATABASE_OWNER_URL": database.owner,
        "PORTAL_INSTANCE": str(folder),
        "PORTAL_MEDIA": str(folder / "media"),
        "PORTAL_SECRET_KEY": "test-" * 8,
        "PORTAL_DATA_KEY": base64.urlsafe_b64encode(b"d" * 31 + b"1").decode(),
        "PORTAL_INDEX_KEY": base64.urlsafe_b64encode(b"i" * 31 + b"1").decode(),
        "PYTHONUNBUFFERED": "1",
    }


class LivePortal:
    """Processes on one database; each start reads the clock again, each one is stopped by its own id."""

    def __init__(self, database, folder: Path, *, clock: str) -> None:
        self.database, self.folder, self.clock = database, folder, clock
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.processes: list[Started] = []
        self.log_path = folder / "processes.log"
        folder.mkdir(exist_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def env(self) -> dict[str, str]:
        return environment(self.database, self.folder, clock=self.clock)

    def command(self, *words: str) -> Started:
        """Start a `portal` command whose output the caller reads."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        return Started(*words, env=self.env, out=folder / "out", err=folder / "err")

    def ok(self, *words: str) -> str:
        """Run a `portal` command that must succeed; its stdout."""
        done = run_portal(*words, env=self.env)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout

    def start_web(self, workers: int = 2) -> None:
        """Start the web server and wait until it is ready."""
        self._start("serve", "--port", str(self.port), "--workers", str(workers))
        self.wait_ready()

    def start_schedulers(self, number: int = 2) -> list[Started]:
        """Start schedulers side by side."""
        return [self._start("scheduler") for _ in range(number)]

    def _start(self, *words: str) -> Started:
        process = Started(*words, env=self.env, out=self.log_path, err=self.log_path)
        self.processes.append(process)
        return process

    def wait_ready(self) -> None:
        """Wait for /readyz."""
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end:
            assert all(process.poll() is None for process in self.processes), self.log()
            with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
                if urllib.request.urlopen(f"{self.url}/readyz", timeout=5).status == 200:
                    return
            time.sleep(0.1)
        raise AssertionError(f"not ready after {READY_SECONDS} s:\n{self.log()}")

    def log(self) -> str:
        """Return what the processes wrote."""
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def move_clock(self, clock: str, *, schedulers: int = 2) -> None:
        """Restart all processes at another instant, on the same address."""
        self.stop()
        self.clock = clock
        self.start_schedulers(schedulers)
        self.start_web()

    def kill(self, process: Started) -> None:
        """Kill a process and its workers at once, as a power cut would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)
        self.processes.remove(process)

    def stop(self) -> None:
        """Ask every process to stop; kill what does not within ten seconds."""
        for process in self.processes:
            process.terminate()
        for process in list(self.processes):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            self.kill(process)
