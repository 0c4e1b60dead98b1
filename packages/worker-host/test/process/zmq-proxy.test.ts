import { tempDir } from '@beamtime/service-kit/testing'
import { expect, test } from 'vitest'
import { Subscriber } from 'zeromq'
import { startHost } from './host-process.ts'

/** Documents as text, up to the first stop document. */
async function untilStop(proxy: Subscriber): Promise<readonly string[]> {
  const documents: string[] = []
  for await (const [message = Buffer.alloc(0)] of proxy) {
    documents.push(message.toString('latin1'))
    if (documents.at(-1)?.startsWith(' stop ') === true) break
  }
  return documents
}

test('documents of the native worker reach the input of a 0MQ proxy', async () => {
  const folder = tempDir()
  // The input of a proxy is a bound socket that takes everything.
  const proxy = new Subscriber({ receiveTimeout: 20_000 })
  await proxy.bind('tcp://127.0.0.1:*')
  proxy.subscribe()
  // A socket announces its subscription once somebody reads from it.
  const received = untilStop(proxy)
  const host = await startHost(folder.path, { zmqProxy: proxy.lastEndpoint?.replace('tcp://', '') })
  try {
    await host.ready()
    await host.report(await host.run('count', [['det']]))
    const documents = await received
    expect(documents.map((text) => text.split(' ')[1])).toEqual(['start', 'descriptor', 'event', 'stop'])
    // Prefix (none), name, pickle of protocol 2.
    for (const text of documents) {
      expect(text.slice(text.indexOf(' ', 1)).startsWith(' \u0080\u0002}(')).toBe(true)
      expect(text.endsWith('u.')).toBe(true)
    }
  } finally {
    host.kill('SIGKILL')
    await host.exit()
    proxy.close()
    await folder.close()
  }
})
