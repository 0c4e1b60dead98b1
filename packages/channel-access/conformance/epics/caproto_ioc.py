"""A caproto IOC with the same PVs as records.db until its standard input closes: caproto_ioc.py PREFIX."""

import asyncio
import sys
import threading

from caproto import ChannelType
from caproto.server import PVGroup, pvproperty
from caproto.asyncio.server import start_server


class Records(PVGroup):
    double = pvproperty(
        value=1.5, precision=3, units="mm", name="double",
        upper_disp_limit=10.0, lower_disp_limit=-10.0, upper_alarm_limit=8.0, lower_alarm_limit=-8.0,
        upper_warning_limit=7.0, lower_warning_limit=-7.0, upper_ctrl_limit=10.0, lower_ctrl_limit=-10.0)
    out = pvproperty(value=0.0, precision=2, units="V", name="out")
    long = pvproperty(value=-70000, units="counts", name="long")
    string = pvproperty(value="hello", dtype=ChannelType.STRING, name="string")
    enum = pvproperty(value="Done", enum_strings=["Done", "Acquire", "Error"], dtype=ChannelType.ENUM, name="enum")
    doubles = pvproperty(value=[0.0], max_length=40000, name="doubles")
    floats = pvproperty(value=[0.0], max_length=10, dtype=ChannelType.FLOAT, name="floats")
    longs = pvproperty(value=[0], max_length=10, dtype=ChannelType.LONG, name="longs")
    shorts = pvproperty(value=[0], max_length=10, dtype=ChannelType.INT, name="shorts")
    chars = pvproperty(value=b"\0", max_length=256, dtype=ChannelType.CHAR, name="chars")
    strings = pvproperty(value=["a"], max_length=5, dtype=ChannelType.STRING, name="strings")
    short1 = pvproperty(value=0, dtype=ChannelType.INT, name="short1")
    float1 = pvproperty(value=0.0, dtype=ChannelType.FLOAT, name="float1")
    counter = pvproperty(value=0.0, name="counter")
    readonly = pvproperty(value=4.0, read_only=True, name="readonly")
    slow = pvproperty(value=0.0, name="slow")
    slowdone = pvproperty(value=0.0, name="slowdone")

    @slow.putter
    async def slow(self, instance, value):
        await asyncio.sleep(1)
        await self.slowdone.write(value)
        return value

    @counter.startup
    async def counter(self, instance, async_lib):
        while True:
            await instance.write(instance.value + 1)
            await asyncio.sleep(0.1)


def main():
    records = Records(prefix=sys.argv[1])

    def wait_for_end():
        sys.stdin.read()
        import os
        os._exit(0)

    threading.Thread(target=wait_for_end, daemon=True).start()

    async def startup_hook(async_lib):
        print("ready", flush=True)

    asyncio.run(start_server(records.pvdb, interfaces=["127.0.0.1"], startup_hook=startup_hook))


main()
