"""The folder that one worker of a machine has to itself, and by which it is seen that there are not two of one name.

Two workers of one name would drive each other out of their group for ever, and hardly anything would be taken.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from streams.errors import OutOfReach, WrongInput
from streams.worker.settings import WorkerSettings


@contextmanager
def own_folder(settings: WorkerSettings) -> Iterator[Path]:
    """The worker's folder, below this machine's folder for temporary files; ours until the process ends.

    WrongInput where a worker of that name runs on this machine already, OutOfReach where no folder can be made.
    """
    named = "\n".join((*settings.kafka.servers, settings.group, settings.member))
    name = f"casedrift-worker-{os.getuid()}-{hashlib.sha256(named.encode()).hexdigest()[:16]}"
    folder = Path(tempfile.gettempdir()) / name
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        lock = os.open(folder / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise OutOfReach(
            f"a worker needs a folder of its own in {folder.parent}: {error.strerror}; make room for it"
        ) from None
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise WrongInput(
                f"a worker {settings.member} of the group {settings.group} runs on this machine already;"
                " give each its own name: set CASEDRIFT_WORKER_ID"
            ) from None
        yield folder
    finally:
        os.close(lock)
