import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { Subscriber } from 'zeromq'
import type { ReceiverMessage } from '../receiver/receiver-data.ts'
import { nowMs } from '../receiver/clock.ts'
import { PartReceiver, type PartReceiverOptions } from './part-receiver.ts'

/* The thread that takes images from another host: one SUB socket a part. */

export interface PartReceiverData extends PartReceiverOptions {
  /** By part. */
  readonly addresses: readonly string[]
  /** Anything that arrives here ends the thread. */
  readonly control: MessagePort
}

/** Messages that wait in a socket; a host that cannot keep up must not fill its memory. */
const highWaterMark = 32

const data = workerData as PartReceiverData
const receiver = new PartReceiver(data)
const tell = (message: ReceiverMessage): void => parentPort?.postMessage(message)
const sockets = data.addresses.map((address) => {
  const socket = new Subscriber({ receiveHighWaterMark: highWaterMark, linger: 0, reconnectInterval: 100 })
  socket.connect(address)
  socket.subscribe()
  return socket
})

async function take(socket: Subscriber, part: number): Promise<void> {
  for await (const message of socket) receiver.message(part, message, nowMs())
}

data.control.once('message', () => {
  for (const socket of sockets) socket.close()
})
tell({ kind: 'ready', ports: data.addresses.map(() => 0), bufferBytes: 0 })
await Promise.all(sockets.map((socket, part) => take(socket, part)))
data.control.close()
tell({ kind: 'stopped' })
