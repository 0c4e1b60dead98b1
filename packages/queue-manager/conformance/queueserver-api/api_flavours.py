"""The two 0MQ flavours of bluesky-queueserver-api behind one face."""
import asyncio

from bluesky_queueserver_api.zmq import REManagerAPI as Threads
from bluesky_queueserver_api.zmq.aio import REManagerAPI as Asyncio


class Flavour:
    """Calls of the client; keeps the names of the methods that it sends."""

    timeout_error = Threads.RequestTimeoutError

    def __init__(self, manager):
        self._manager = manager
        self.sent = set()
        send = manager.send_request

        def record(*, method, params=None):
            self.sent.add(method)
            return send(method=method, params=params)

        manager.send_request = record

    @property
    def lock_key(self):
        return self._manager.lock_key

    @lock_key.setter
    def lock_key(self, key):
        self._manager.lock_key = key

    def send_lock_key(self, wanted):
        """Whether the key goes with every request that takes one."""
        self._manager.enable_locked_api = wanted

    def refusal(self, *, method, params):
        """The text with which a request is refused."""
        try:
            self.send_request(method=method, params=params)
        except (Threads.RequestFailedError, Asyncio.RequestFailedError) as error:
            return str(error)
        raise AssertionError(f"{method} was not refused")

    def __getattr__(self, name):
        return getattr(self._manager, name)


class ThreadsFlavour(Flavour):
    name = "threads"

    def __init__(self, **options):
        super().__init__(Threads(**options))

    def close(self):
        self._manager.close()


class AsyncioFlavour(Flavour):
    name = "asyncio"
    timeout_error = Asyncio.RequestTimeoutError

    def __init__(self, **options):
        self._loop = asyncio.new_event_loop()

        async def make():
            return Asyncio(**options)

        super().__init__(self._loop.run_until_complete(make()))

    def __getattr__(self, name):
        attribute = getattr(self._manager, name)
        if not callable(attribute):
            return attribute

        def call(*args, **kwargs):
            async def run():
                result = attribute(*args, **kwargs)
                return await result if asyncio.iscoroutine(result) else result

            return self._loop.run_until_complete(run())

        return call

    def close(self):
        self._loop.run_until_complete(self._manager.close())
        self._loop.close()
