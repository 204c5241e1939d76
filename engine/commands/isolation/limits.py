"""What the confined process may use, and the fences it puts around itself before it reads.

The kernel holds the limits and, where it lets an ordinary process do so, takes the network away.
An audit hook (PEP 578), which cannot be removed, refuses the rest inside Python on any system.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from math import ceil
from time import process_time

from engine.commands.isolation.wire import CPU_SECONDS, MEMORY_MEGABYTES

_OPEN_FILES = 16

_NEW_USER = 0x10000000
_NEW_NETWORK = 0x40000000
_SET_DEATH_SIGNAL = 1
_SET_NO_NEW_PRIVILEGES = 38

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_REFUSED = (
    "ctypes.",
    "fcntl.",
    "ftplib.",
    "http.",
    "mmap.",
    "os.chmod",
    "os.chown",
    "os.exec",
    "os.fork",
    "os.kill",
    "os.link",
    "os.mkdir",
    "os.posix_spawn",
    "os.putenv",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.setxattr",
    "os.spawn",
    "os.startfile",
    "os.symlink",
    "os.system",
    "os.truncate",
    "pty.",
    "shutil.",
    "signal.",
    "smtplib.",
    "socket.",
    "sqlite3.",
    "subprocess.",
    "urllib.",
)


def confine() -> bool:
    """Put up every fence; whether the kernel has taken the network away as well.

    Any user can put up all others. OSError or ValueError when the system has no such limits.
    """
    sys.dont_write_bytecode = True
    has_left = _leave_network()
    # What starting took, on a busy machine more than a file is given, is not taken off the files.
    seconds = ceil(process_time()) + CPU_SECONDS
    limits = {
        resource.RLIMIT_CPU: (seconds, seconds + 1),
        resource.RLIMIT_AS: (MEMORY_MEGABYTES << 20, MEMORY_MEGABYTES << 20),
        resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_NOFILE: (_OPEN_FILES, _OPEN_FILES),
        resource.RLIMIT_NPROC: (0, 0),
        resource.RLIMIT_CORE: (0, 0),
    }
    for kind, values in limits.items():
        resource.setrlimit(kind, values)
    sys.addaudithook(_refuse)
    return has_left


def _leave_network() -> bool:
    """Leave the network where that is allowed, and end with the process that started this one.

    Whoever leaves does so as a user without any rights, who gains none by any program.
    """
    if not sys.platform.startswith("linux"):
        return False
    library = ctypes.CDLL(None)
    library.prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
    library.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    # It gives 0 when it was allowed; where no user may become another one, root still may leave.
    tries = (_NEW_USER | _NEW_NETWORK, _NEW_NETWORK)
    return any(library.unshare(kind) == 0 for kind in tries)


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse whatever leaves this process but its answer; reading stays possible."""
    if event.startswith(_REFUSED):
        raise PermissionError(event)
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING:
        raise PermissionError(event)
