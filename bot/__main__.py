"""``python -m bot`` is ``wardwatch``."""

import os
import signal
import sys

if sys.argv[1:2] in (["run"], ["sandbox"]):
    # Loading takes a second: a signal during it ends as quietly as one that comes later.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_signal: os._exit(0))

from bot.cli import main

if __name__ == "__main__":
    main()
