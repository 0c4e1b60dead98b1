import { Publisher, Router } from 'zeromq'

/** A stand-in for a manager, for tests of what talks to one. */
export interface FakeManager {
  readonly control: string
  readonly info: string
  readonly requests: { method: string; params: Record<string, unknown> }[]
  /** Publishes on the info socket; messages keep their order. Does nothing after close. */
  publish(topic: string, body: unknown): Promise<void>
  close(): Promise<void>
}

export interface FakeManagerOptions {
  readonly control?: string
  readonly info?: string
  readonly curveSecretKey?: string
  readonly encode?: (value: unknown) => Uint8Array | string
  readonly decode?: (bytes: Uint8Array) => unknown
  /** The answer to a request; null: none, as a manager that hangs. */
  answer(method: string, params: Record<string, unknown>): unknown
}

/** A manager with real sockets and scripted answers. */
export async function startFakeManager(options: FakeManagerOptions): Promise<FakeManager> {
  const router = new Router({ linger: 0 })
  if (options.curveSecretKey !== undefined) {
    router.curveServer = true
    router.curveSecretKey = options.curveSecretKey
  }
  const publisher = new Publisher({ linger: 0 })
  await router.bind(options.control ?? 'tcp://127.0.0.1:*')
  await publisher.bind(options.info ?? 'tcp://127.0.0.1:*')
  const encode = options.encode ?? ((value: unknown) => JSON.stringify(value))
  const decode = options.decode ?? ((bytes: Uint8Array): unknown => JSON.parse(Buffer.from(bytes).toString()))
  const requests: FakeManager['requests'] = []
  let published: Promise<void> = Promise.resolve()
  const served = (async () => {
    for await (const frames of router) {
      const [identity, empty, body] = frames
      if (identity === undefined || empty === undefined || body === undefined) continue
      const request = decode(body) as { method: string; params: Record<string, unknown> }
      requests.push(request)
      const reply = options.answer(request.method, request.params)
      if (reply === null) continue
      await router.send([
        identity,
        empty,
        reply instanceof Uint8Array ? Buffer.from(reply) : Buffer.from(encode(reply)),
      ])
    }
  })()
  return {
    control: router.lastEndpoint ?? '',
    info: publisher.lastEndpoint ?? '',
    requests,
    // A socket takes one message at a time.
    publish: (topic, body) =>
      (published = published.then(async () => {
        if (!publisher.closed) await publisher.send([topic, Buffer.from(encode(body))])
      })),
    close: async () => {
      await published
      router.close()
      publisher.close()
      await served.catch(() => undefined)
    },
  }
}
