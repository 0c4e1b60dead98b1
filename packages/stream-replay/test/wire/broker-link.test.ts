import { writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import { brokerConfig, openBroker } from '@beamtime/kafka-broker'
import { selfSignedCertificate } from '@beamtime/kafka-broker/testing'
import { parseSection } from '@beamtime/service-kit'
import { tempDir } from '@beamtime/service-kit/testing'
import { expect, onTestFinished, test } from 'vitest'
import { openReplay, type Replay, type ReplayOptions } from '../../src/open-replay.ts'
import { Cluster } from '../../src/wire/cluster.ts'
import { contentOf, produce, record, texts } from '../replay-bench.ts'

interface Protection {
  readonly protocol: string
  readonly settings: Readonly<Record<string, unknown>>
  readonly access: Partial<ReplayOptions['bus']>
}

const logins = 'alice:secret\n'

const protections: Readonly<Record<string, (folder: string) => Protection>> = {
  'a login': (folder) => {
    writeFileSync(join(folder, 'users'), logins)
    const sasl = { mechanism: 'SCRAM-SHA-512', username: 'alice', password: 'secret' } as const
    return {
      protocol: 'sasl_plaintext',
      settings: { users: join(folder, 'users') },
      access: { security: 'sasl_plaintext', sasl },
    }
  },
  TLS: (folder) => {
    const { cert, key } = selfSignedCertificate('localhost', 'broker')
    writeFileSync(join(folder, 'cert.pem'), cert)
    writeFileSync(join(folder, 'key.pem'), key)
    return {
      protocol: 'ssl',
      settings: { tls: { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') } },
      access: { security: 'ssl', tls: { ca: cert } },
    }
  },
}

async function protectedReplay(name: string): Promise<Replay> {
  const folder = tempDir()
  const protection = protections[name]?.(folder.path)
  if (protection === undefined) throw new Error(name)
  const { protocol, settings, access } = protection
  const listeners = [{ name: 'only', listen: '127.0.0.1:0', protocol }]
  const broker = await openBroker({
    config: parseSection(brokerConfig, { listeners, ...settings }, { key: 'broker' }),
    directory: join(folder.path, 'broker'),
  })
  const server = `localhost:${broker.addresses[0]?.port}`
  const bus = { bootstrapServers: [server], clientId: 'test', ...access }
  const replay = openReplay({ bus, recordingsDir: folder.path })
  onTestFinished(async () => {
    await replay.close()
    await broker.close()
    await folder.close()
  })
  return replay
}

test.each(Object.keys(protections))('with %s it is recorded and played as without', async (name) => {
  const replay = await protectedReplay(name)
  await replay.bus.ensureTopics([{ name: 'a' }])
  for (let index = 0; index < 5; index++)
    await produce(replay, { topic: 'a' }, [
      record({ timestampMs: Date.now(), value: Buffer.alloc(200_000, index) }),
    ])
  const recorder = await replay.recorder('r', {
    topics: ['a'],
    from: { kind: 'earliest' },
    to: { kind: 'latest' },
  })
  expect(await recorder.run()).toMatchObject({ count: 5 })
  const source = await replay.source('r')
  const player = replay.player(source, {
    source: 'r',
    topicMap: { a: 'b' },
    create: true,
    pace: { kind: 'asap' },
  })
  expect(await player.run()).toMatchObject({ acked: 5 })
  await source.close()
  expect(texts((await contentOf(replay, 'b'))[0] ?? [])).toEqual(
    texts((await contentOf(replay, 'a'))[0] ?? []),
  )
})

/** A server that answers each connection as it is told to, after the library has asked for its versions. */
async function strangeServer(answer: (socket: Socket, data: Buffer) => void): Promise<Cluster> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (data) => answer(socket, data))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const port = (server.address() as AddressInfo).port
  const cluster = new Cluster({ bootstrapServers: [`127.0.0.1:${port}`], clientId: 'test' })
  onTestFinished(async () => {
    await cluster.close()
    server.close()
  })
  return cluster
}

/** The beginning of an answer: its length and the number of the request that it belongs to. */
function head(length: number, correlationId: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeInt32BE(length, 0)
  bytes.writeInt32BE(correlationId, 4)
  return bytes
}

test.each([
  ['closes the connection', (socket: Socket) => void socket.destroy()],
  ['answers another request', (socket: Socket) => void socket.write(head(4, 77))],
  ['answers with a length that cannot be', (socket: Socket) => void socket.write(head(-5, 1))],
  [
    'answers with too little',
    (socket: Socket, data: Buffer) => void socket.write(head(4, data.readInt32BE(8))),
  ],
])('a broker that %s is unreachable, and nobody waits for ever', async (_, answer) => {
  const cluster = await strangeServer(answer)
  await expect(cluster.metadata([])).rejects.toMatchObject({ code: 'REPLAY_BROKER_UNREACHABLE' })
})

test('an answer that comes in pieces of one byte is an answer', async () => {
  const cluster = await strangeServer((socket, data) => {
    // Metadata v5: throttle, no brokers, cluster id null, controller, no topics.
    const body = Buffer.from('00000000000000 00ffffffffffff00000000'.replaceAll(' ', ''), 'hex')
    const whole = Buffer.concat([head(4 + body.length, data.readInt32BE(8)), body])
    const send = (at: number): void => {
      if (at === whole.length) return
      socket.write(whole.subarray(at, at + 1))
      setImmediate(() => send(at + 1))
    }
    socket.setNoDelay(true)
    send(0)
  })
  expect(await cluster.metadata([])).toEqual({ clusterId: null, brokers: [], topics: [] })
})
