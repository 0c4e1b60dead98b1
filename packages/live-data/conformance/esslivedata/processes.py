"""Our services and theirs as processes, each with a log."""

import os
import pathlib
import signal
import socket
import subprocess
import sys
import time


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


class Process:
    def __init__(self, name, command, environment, folder):
        self.name = name
        self.log = pathlib.Path(folder) / f'{name}.log'
        self.output = self.log.open('w')
        self.process = subprocess.Popen(command, stdout=self.output, stderr=subprocess.STDOUT, env=environment, cwd=folder)

    def wait_for(self, text, seconds=40):
        end = time.time() + seconds
        while time.time() < end:
            if text in self.log.read_text():
                return self
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise TimeoutError(f'{self.name} did not say {text!r}: {self.log.read_text()[-800:]}')

    def errors(self):
        return [line for line in self.log.read_text().splitlines() if 'ERROR' in line or 'Traceback' in line or '"level":"error"' in line]

    def stop(self, seconds=15):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.output.close()
        return self.process.returncode


class Platform:
    """A broker of ours on a free port, and what is started on it."""

    def __init__(self, beamtime, folder):
        self.beamtime = beamtime
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.address = f'127.0.0.1:{free_port()}'
        self.running = []
        security = {'SECURITY_PROTOCOL': 'PLAINTEXT', 'SASL_MECHANISM': 'PLAIN', 'SASL_USERNAME': 'x', 'SASL_PASSWORD': 'x'}
        variables = {f'{prefix}_{name}': value for prefix in ('KAFKA', 'KAFKA2') for name, value in security.items()}
        servers = {f'{prefix}_BOOTSTRAP_SERVERS': self.address for prefix in ('KAFKA', 'KAFKA2')}
        # As the peers' containers are set up: the login is there and is not used without SASL.
        self.environment = {**os.environ, **variables, **servers, 'LIVEDATA_ENV': 'docker', 'BEAMLIME_ENV': 'docker'}
        self.environment['BEAMTIME__BROKER__LISTEN'] = self.address
        self.environment['BEAMTIME__REGISTRY__LISTEN'] = ''

    def start(self, name, command, ready=None):
        process = Process(name, command, self.environment, self.folder)
        self.running.append(process)
        return process if ready is None else process.wait_for(ready)

    def ours(self, *words, name=None, ready='Service started'):
        command = [*self.beamtime, *words]
        if words[0] == 'broker':
            ready = 'service.ready'
        return self.start(name or f'ours-{words[0]}', [*command, '--data', str(self.folder / 'data')], ready)

    def theirs(self, service, *words, ready=None):
        return self.start(f'theirs-{service}', [sys.executable, '-m', f'beamlime.services.{service}', *words], ready)

    def stop(self, process):
        self.running.remove(process)
        return process.stop()

    def close(self):
        for process in reversed(self.running):
            process.stop()
        self.running = []
