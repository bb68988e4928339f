"""An IMAP server of our own for one run of the tests: Debian's dovecot, started by root or by anybody, on a free port.

Nothing of the machine's own server is touched. Its folders lie under /tmp: the path of a socket may not be long.
"""

import contextlib
import getpass
import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from imap_tools import MailBox

from tests import machine

CERTIFICATE = Path(__file__).with_name("localhost.pem")
PASSWORD = "p@ss:/word"
PATIENCE_SECONDS = 20

CONFIGURATION = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{certificate}
ssl_key = <{certificate}
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
first_valid_uid = 1
mail_location = maildir:{home}/mail/%u
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={owner} gid={owner_group} home={home}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
"""


@dataclass(frozen=True)
class Server:
    """A mail server on which every user exists, and has one password."""

    port: int

    def url(self, user: str, *, password: str = PASSWORD, folder: str = "INBOX") -> str:
        quoted = password.replace("%", "%25").replace("@", "%40").replace(":", "%3A").replace("/", "%2F")
        return f"imaps://{user}:{quoted}@localhost:{self.port}/{folder}"

    @contextlib.contextmanager
    def opened(self, user: str, folder: str = "INBOX") -> Iterator[MailBox]:
        """The mailbox as a person's program sees it."""
        with MailBox("localhost", self.port).login(user, PASSWORD, folder) as box:
            yield box

    def put(self, user: str, *mails: bytes) -> None:
        """These mails arrive."""
        with self.opened(user) as box:
            for mail in mails:
                box.append(mail)


@contextlib.contextmanager
def server() -> Iterator[Server]:
    """Dovecot, until the end of the block; SSL_CERT_FILE must name our certificate."""
    program = machine.dovecot()
    assert program is not None
    home = Path(tempfile.mkdtemp(prefix="common-ground-imap-", dir="/tmp"))
    port = _free_port()
    configuration = home / "dovecot.conf"
    configuration.write_text(_configuration(home, port))
    dovecot = subprocess.Popen([program, "-F", "-c", str(configuration)], stdout=subprocess.DEVNULL)
    try:
        _wait(port, home / "log")
        yield Server(port)
    finally:
        dovecot.terminate()
        dovecot.wait(PATIENCE_SECONDS)
        shutil.rmtree(home, ignore_errors=True)


def _configuration(home: Path, port: int) -> str:
    """As root the mails are nobody's; anybody else keeps everything under their own name."""
    mine = getpass.getuser(), grp.getgrgid(os.getgid()).gr_name
    owner = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    (home / "mail").mkdir()
    home.chmod(0o755)
    os.chown(home / "mail", owner.pw_uid, owner.pw_gid)
    internal, group, login = ("dovecot", "dovecot", "dovenull") if os.getuid() == 0 else (mine[0], mine[1], mine[0])
    return CONFIGURATION.format(
        home=home,
        port=port,
        certificate=CERTIFICATE,
        internal=internal,
        group=group,
        login=login,
        password=PASSWORD,
        owner=owner.pw_uid,
        owner_group=owner.pw_gid,
    )


def _wait(port: int, log: Path) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        with contextlib.closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(log.read_text() if log.exists() else "dovecot did not begin")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
