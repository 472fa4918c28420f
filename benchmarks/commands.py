"""One command of the portal's command line in a process of its own: its seconds, and its memory above the start."""

import io
import sys
import time
from contextlib import redirect_stderr, redirect_stdout

from benchmarks import children


def command(*words: str) -> children.Figures:
    """Run `portal WORDS` in this process, which has imported the portal and made its app before."""
    import portal.cli.export
    import portal.cli.import_
    import portal.cli.month
    import portal.cli.verify  # noqa: F401 - the commands' own modules, so that their import is not measured
    from portal.app import create_app
    from portal.cli.main import portal as line
    from portal.cli.session import OneApp

    one = OneApp()
    one._app = create_app()
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        start, cpu, began = children.forget_peak(), children.seconds_of_cpu(), time.perf_counter()
        try:
            line(list(words), standalone_mode=False, obj=one)
        except BaseException:
            print(said.getvalue(), file=sys.__stderr__)
            raise
        seconds = time.perf_counter() - began
    return {
        "seconds": seconds,
        "cpu": children.seconds_of_cpu() - cpu,
        "mib_above_start": children.peak_mib() - start,
    }


if __name__ == "__main__":
    children.answer(command)
