"""Started by the worker host: ``python -u run_worker.py CONTROL_SOCKET DOCUMENTS_SOCKET``.

With ``--describe`` it prints what this Python has, as one line of JSON, and ends.
"""

# A child process that user code starts with multiprocessing imports this file again and must not start a worker.
if __name__ == "__main__":
    import sys

    from beamtime_worker.main import main

    # Python put this folder in front. Startup code shall find its own modules and installed ones only.
    del sys.path[0]
    sys.exit(main(sys.argv[1:]))
