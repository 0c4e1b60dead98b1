import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { nowMs } from '../receiver/clock.ts'
import { openShared } from '../ring/shared-state.ts'
import type { WriterCommand, WriterData, WriterMessage } from './writer-data.ts'
import { WriterLoop } from './writer-loop.ts'

/* A writer thread: sleeps until its bell rings, then does what it was told and writes what is queued. */

const data = workerData as WriterData
const tell = (message: WriterMessage): void => parentPort?.postMessage(message)
const loop = new WriterLoop({ ...data, tell })
const bell = openShared(data.shared).writerBell(data.writer)

function serve(): void {
  for (;;) {
    bell.wait(1_000)
    for (
      let next = receiveMessageOnPort(data.control);
      next !== undefined;
      next = receiveMessageOnPort(data.control)
    ) {
      const command = next.message as WriterCommand
      // What is queued belongs to the run before.
      if (command.kind === 'exit') {
        loop.drain(nowMs())
        loop.close()
        return
      }
      loop.command(command)
    }
    loop.drain(nowMs())
  }
}

tell({ kind: 'ready' })
serve()
data.control.close()
