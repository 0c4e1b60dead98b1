"""Started by the worker host: ``python -u run_worker.py CONTROL_SOCKET DOCUMENTS_SOCKET``.

With ``--describe`` it prints what this Python has, as one line of JSON, and ends.
"""

# A child process that user code starts with multiprocessing imports this file again and must not start a worker.
if __name__ == "__main__":
    import os
    import sys

    here = os.path.dirname(os.path.abspath(__file__))
    # Python has put this folder in front, or has not (PYTHONSAFEPATH). Startup code shall not find it.
    sys.path[:] = [here, *(path for path in sys.path if path != here)]
    from beamtime_worker.main import main

    sys.path.remove(here)
    sys.exit(main(sys.argv[1:]))
