"""Bluesky's 0MQ proxy and a RemoteDispatcher behind it."""
import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import threading
import time

from bluesky.callbacks.zmq import RemoteDispatcher


def _free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@contextlib.contextmanager
def documents_of_proxy(input_port):
    """A list that grows by (name, document) as they arrive."""
    output_port = _free_port()
    program = os.path.join(os.path.dirname(sys.executable), "bluesky-0MQ-proxy")
    proxy = subprocess.Popen([program, str(input_port), str(output_port)], stdout=subprocess.DEVNULL)
    documents = []
    loop = asyncio.new_event_loop()
    dispatcher = RemoteDispatcher(f"localhost:{output_port}", loop=loop)
    dispatcher.subscribe(lambda name, document: documents.append((name, document)))

    def run():
        with contextlib.suppress(asyncio.CancelledError, RuntimeError):
            dispatcher.start()

    threading.Thread(target=run, daemon=True).start()
    # The worker connects to the proxy again by itself, and the proxy takes the subscription to it.
    time.sleep(3)
    try:
        yield documents
    finally:
        loop.call_soon_threadsafe(dispatcher.stop)
        proxy.terminate()
        proxy.wait()
