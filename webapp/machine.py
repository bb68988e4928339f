"""What this machine has and lacks, each with the command that gets it.

Run as a file it needs nothing but Python: `./run doctor` is wanted most where nothing could be installed yet.
"""

import importlib.util
import shutil
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

OLDEST_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
PORT = 8000
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing looked at; `advice` says how to get it, `needed` whether the service starts without it."""

    what: str
    found: str
    advice: str
    needed: bool = True

    @property
    def is_well(self) -> bool:
        return bool(self.found)

    def __str__(self) -> str:
        if self.is_well:
            return f"  ok       {self.what}: {self.found}"
        return f"  {'missing ' if self.needed else 'optional'} {self.what}: {self.advice}"


def look(port: int = PORT) -> list[Finding]:
    return [python(), environment(), lock(), free_port(port), postgresql(), chromium()]


def python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding(
        what="Python 3.11 or newer",
        found=f"{version} ({sys.executable})" if sys.version_info >= OLDEST_PYTHON else "",
        advice=f"this is {version}; install a newer one",
    )


def environment() -> Finding:
    """Debian's Python makes virtual environments only with one package more, unless there is uv."""
    able = "with uv" if shutil.which("uv") else "with venv" if importlib.util.find_spec("ensurepip") else ""
    made = str(ROOT / ".venv") if (ROOT / ".venv" / "pyvenv.cfg").exists() else ""
    return Finding(
        what="virtual environment",
        found=made or (able and f"can be made {able}: ./run install"),
        advice="sudo apt-get install -y python3-venv",
    )


def lock() -> Finding:
    stamp = ROOT / ".venv" / "installed"
    return Finding(
        what="packages of the lock file",
        found=stamp.read_text().partition(" ")[0] if stamp.exists() else "",
        advice="./run install",
    )


def free_port(port: int) -> Finding:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as refusal:
            taken = str(refusal.strerror).lower()
            return Finding(what=f"port {port}", found="", advice=f"{taken}; choose another: PORT=8001 ./run")
    return Finding(what=f"port {port}", found="free", advice="")


def postgresql() -> Finding:
    servers = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin/postgres")), reverse=True)
    return Finding(
        what="PostgreSQL, for half of the tests",
        found=shutil.which("postgres") or next(iter(servers), ""),
        advice="sudo apt-get install -y postgresql",
        needed=False,
    )


def chromium() -> Finding:
    return Finding(
        what="Chromium, for the browser tests",
        found=next(filter(None, map(shutil.which, BROWSERS)), ""),
        advice="sudo apt-get install -y chromium",
        needed=False,
    )


def main() -> int:
    findings = look()
    print(*findings, sep="\n")
    return int(any(finding.needed and not finding.is_well for finding in findings))


if __name__ == "__main__":
    sys.exit(main())
