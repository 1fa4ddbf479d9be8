"""The command line: each command is the face of a public function."""

import gc
import sys

from rich.markup import escape

from mhnlp.cli import (  # noqa: F401 - importing them registers their commands
    annotations,
    archive,
    letters,
    models,
    reading,
    tables,
    training,
)
from mhnlp.cli._app import app, messages, screen
from mhnlp.cli.archive import INTERRUPTED
from mhnlp.errors import MhnlpError

__all__ = ["app", "main", "messages", "screen"]


def main() -> None:
    """Run the command line; what the user can mend is told in words, without a traceback."""
    try:
        app()
    except SystemExit as end:
        if end.code == INTERRUPTED:
            # At its end Python looks for circles among all objects: with spaCy loaded most of a second, for nothing.
            gc.freeze()
        raise
    except (MhnlpError, OSError, ValueError) as error:
        messages.print(f"[red]mhnlp:[/] {escape(str(error))}", highlight=False)
        sys.exit(2)
