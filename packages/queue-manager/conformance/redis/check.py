"""Reads a queue that our manager left in Redis with the queue server's class, and takes an item out by its exact text."""

import asyncio
import json
import sys

from bluesky_queueserver.manager.plan_queue_ops import PlanQueueOperations


async def main(address, prefix):
    queue = PlanQueueOperations(redis_host=address, name_prefix=prefix)
    await queue.start()
    items, _ = await queue.get_queue()
    history, _ = await queue.get_history()
    # LREM and LINSERT find an element by its text: moves fail where ours is written otherwise.
    if len(items) > 2:
        middle = len(items) // 2
        await queue.move_item(pos=middle, pos_dest="front")
        await queue.move_item(pos="front", pos_dest=middle)
        again, _ = await queue.get_queue()
        assert again == items, "moving an item there and back changed the queue"
    await queue.stop()
    print(json.dumps({"items": [item["item_uid"] for item in items], "history": len(history)}, separators=(",", ":")))


asyncio.run(main(*sys.argv[1:]))
