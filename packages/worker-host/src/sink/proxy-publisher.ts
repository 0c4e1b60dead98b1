import { createDocumentEncoder, type NamedDocument } from '@beamtime/event-model'
import { Publisher } from 'zeromq'
import { pickleOfMsgpack } from './pickle-document.ts'

/** Publishes documents to a 0MQ proxy of Bluesky, for its `RemoteDispatcher`s. */
export interface ProxyPublisher {
  publish(document: NamedDocument): void
  close(): Promise<void>
}

/** Messages that wait for the library; beyond it the oldest are dropped, as a PUB socket does. */
const maxWaiting = 10_000

/** `address`: `host:port` of the proxy's input. A proxy that is not there costs nothing: what is published then is lost. */
export function openProxyPublisher(address: string): ProxyPublisher {
  const socket = new Publisher({ linger: 500 })
  socket.connect(address.includes('://') ? address : `tcp://${address}`)
  // Readers of pickles know no msgpack-numpy: arrays go as lists.
  const encoder = createDocumentEncoder({ numpy: false })
  const waiting: Buffer[] = []
  let sending: Promise<void> | null = null

  async function send(): Promise<void> {
    for (let message = waiting.shift(); message !== undefined; message = waiting.shift()) {
      try {
        await socket.send(message)
      } catch {
        break // the socket was closed
      }
    }
    sending = null
  }

  return {
    publish(document) {
      if (socket.closed) return
      if (waiting.length >= maxWaiting) waiting.shift()
      const [name] = document
      // `[name, document]`: one byte of array header, one of string header, the name.
      const body = pickleOfMsgpack(encoder.encode(document), 2 + name.length)
      // Prefix (empty), name and body, with blanks between.
      waiting.push(Buffer.concat([Buffer.from(` ${name} `), body]))
      sending ??= send()
    },
    async close() {
      if (socket.closed) return
      await sending
      socket.close()
    },
  }
}
