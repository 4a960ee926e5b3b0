"""What every command line shares: one readable line on stderr, status 2, never a traceback."""

import argparse
import logging
import sys
from collections.abc import Callable
from typing import NoReturn

from vision.errors import OphError


class Parser(argparse.ArgumentParser):
    """An ArgumentParser that does not print its whole usage over the one thing that is wrong."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and leave with status 2."""
        self.exit(2, f"{self.prog}: {message}\n")


def run(main: Callable[[], int | None]) -> NoReturn:
    """Run a command: 0 on success, 2 with the error's sentence, 130 where it was interrupted."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        sys.exit(main() or 0)
    except OphError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
