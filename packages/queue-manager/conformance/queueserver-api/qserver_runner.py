"""The real `qserver`, loaded once: each command line runs in a fork of the loaded program, which saves the seconds that
Python takes to import it. Started as a program, it reads a JSON list of words a line and answers with exit code and output."""
import json
import os
import subprocess
import sys
import tempfile


class QServerRunner:
    def __init__(self, environment):
        self._program = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
        )

    def run(self, words):
        """Exit code and everything that was printed."""
        self._program.stdin.write(json.dumps(words) + "\n")
        self._program.stdin.flush()
        return json.loads(self._program.stdout.readline())

    def close(self):
        self._program.stdin.close()
        self._program.wait(timeout=10)


def run_forked(main, words):
    with tempfile.TemporaryFile() as output:
        pid = os.fork()
        if pid == 0:
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            sys.argv = words
            code = 1
            try:
                code = main()
            except SystemExit as end:
                code = end.code
            except BaseException as ex:  # noqa: BLE001 - as the interpreter would
                print(repr(ex))
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code if isinstance(code, int) else 0 if code is None else 1)
        _, status = os.waitpid(pid, 0)
        output.seek(0)
        return os.waitstatus_to_exitcode(status), output.read().decode(errors="replace")


if __name__ == "__main__":
    from bluesky_queueserver.manager.qserver_cli import qserver

    for line in sys.stdin:
        print(json.dumps(run_forked(qserver, json.loads(line))), flush=True)
