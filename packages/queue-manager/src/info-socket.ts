import { Publisher } from 'zeromq'
import { bindSocket } from './bind-socket.ts'
import type { PlainObject } from './core/plain-object.ts'
import type { SocketOptions } from './socket-options.ts'
import { wireCodecs } from './wire-codec.ts'

type InfoTopic = 'QS_Console' | 'QS_Info'

export interface InfoSocket {
  readonly endpoint: string
  publish(topic: InfoTopic, body: PlainObject): void
  close(): Promise<void>
}

/** Messages that wait for the library; it takes them at once unless a burst comes, then the oldest are dropped. */
const maxWaiting = 10_000

export async function openInfoSocket(options: SocketOptions): Promise<InfoSocket> {
  const codec = wireCodecs[options.encoding]
  const publisher = new Publisher({ linger: 200 })
  const endpoint = await bindSocket(publisher, options)
  const outgoing: (readonly [InfoTopic, Uint8Array | string])[] = []
  let sending: Promise<void> | null = null

  async function send(): Promise<void> {
    for (let message = outgoing.shift(); message !== undefined; message = outgoing.shift()) {
      try {
        await publisher.send([message[0], Buffer.from(message[1])])
      } catch {
        break // the socket was closed
      }
    }
    sending = null
  }

  return {
    endpoint,
    publish(topic, body) {
      if (publisher.closed) return
      if (outgoing.length >= maxWaiting) outgoing.shift()
      outgoing.push([topic, codec.encode(body)])
      sending ??= send()
    },
    async close() {
      if (publisher.closed) return
      await sending
      publisher.close()
    },
  }
}
