import { Dealer } from 'zeromq'
import { readMsgpack, writeMsgpack } from '../src/msgpack-codec.ts'

export interface Peer {
  call(body: unknown): Promise<Record<string, unknown>>
  /** Sends bytes as they are and waits for an answer. */
  callRaw(bytes: Uint8Array | string): Promise<Record<string, unknown>>
  /** Sends frames without waiting. */
  send(frames: readonly (Uint8Array | string)[]): Promise<void>
  close(): void
}

/** A client that can be as rude as it likes: a DEALER that adds the delimiter of REQ itself. */
export function openPeer(address: string, encoding: string): Peer {
  const socket = new Dealer({ linger: 0 })
  socket.connect(address)
  const waiting: ((answer: Record<string, unknown>) => void)[] = []
  void (async () => {
    for await (const frames of socket) {
      const body = frames.at(-1) ?? Buffer.alloc(0)
      const answer = encoding === 'json' ? JSON.parse(body.toString()) : readMsgpack(body)
      waiting.shift()?.(answer as Record<string, unknown>)
    }
  })().catch(() => undefined)
  let turn = Promise.resolve()
  const send = (frames: readonly (Uint8Array | string)[]): Promise<void> => {
    turn = turn.then(() => socket.send(frames.map((frame) => Buffer.from(frame))))
    return turn
  }
  const callRaw = (bytes: Uint8Array | string): Promise<Record<string, unknown>> => {
    const answer = new Promise<Record<string, unknown>>((resolve) => waiting.push(resolve))
    void send(['', bytes])
    return answer
  }
  return {
    call: (body) => callRaw(encoding === 'json' ? JSON.stringify(body) : writeMsgpack(body)),
    callRaw,
    send,
    close: () => socket.close(),
  }
}
