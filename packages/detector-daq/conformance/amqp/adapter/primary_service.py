"""Stands where the Python service has its PrimaryBrokerService: our service takes the requests, its callbacks run here."""

import json
import os
import subprocess
import threading


class PrimaryBrokerService:
    def __init__(self, broker_url, service_name, tag="#", request_callback=None, kill_callback=None):
        self.request_callback = request_callback
        self.kill_callback = kill_callback
        command = [os.environ["OUR_NODE"], os.environ["OUR_BRIDGE"], broker_url, service_name, tag]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert json.loads(self.process.stdout.readline())["ready"]
        self.lock = threading.Lock()
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        for line in self.process.stdout:
            message = json.loads(line)
            if "kill" in message:
                self.kill_callback(message["kill"])
            else:
                threading.Thread(target=self.run, args=(message,), daemon=True).start()

    def run(self, message):
        try:
            outcome = {"id": message["id"], "result": self.request_callback(message["id"], message["request"])}
        except Exception as error:
            outcome = {"id": message["id"], "error": str(error)}
        with self.lock:
            self.process.stdin.write(json.dumps(outcome) + "\n")
            self.process.stdin.flush()

    def stop(self):
        self.process.stdin.close()
        self.process.wait(10)
