/* Records what real clients send, as vectors for test/messages: node conformance/capture-frames.ts DIRECTORY
 * The clients talk to a broker through a proxy that keeps the first request of each client, API and version. */
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Admin, Consumer, Producer } from '@platformatic/kafka'
import { parseSection } from '@beamtime/service-kit'
import { ByteReader } from '../src/core/byte-reader.ts'
import { isFlexible } from '../src/core/codec.ts'
import { FrameReader } from '../src/core/frame-reader.ts'
import { readRequestHeader, skipTaggedFields } from '../src/core/request-header.ts'
import { apiTable } from '../src/handlers/api-table.ts'
import { brokerConfig, openBroker } from '../src/index.ts'
import { runCases } from './case.ts'
import { kafkajsCases } from './kafkajs/cases.ts'
import { kcatCases } from './kcat/cases.ts'

const directory = process.argv[2] ?? 'test/vectors'
const python = process.env['BEAMTIME_PEERS_PYTHON'] ?? 'python3'
const maxVectorBytes = 4_096
const limits = (): { minBytes: number; maxBytes: number } => ({ minBytes: 8, maxBytes: 2 ** 28 })
let source = { client: '', version: '' }
const seen = new Set<string>()

/** Bytes become { hex }, numbers and texts stay. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { hex: Buffer.from(value).toString('hex') }
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, content]) => [key, plain(content)]))
}

function keep(frame: Uint8Array): void {
  const reader = new ByteReader(frame)
  const { apiKey, apiVersion } = readRequestHeader(reader)
  const api = apiTable.find((one) => one.key === apiKey)
  const name = `${source.client}-v${apiVersion}`
  if (
    api === undefined ||
    apiVersion > api.versions[1] ||
    frame.byteLength > maxVectorBytes ||
    seen.has(`${api.name}/${name}`)
  )
    return
  seen.add(`${api.name}/${name}`)
  if (isFlexible(api.request.shape, apiVersion)) skipTaggedFields(reader)
  const body = frame.subarray(reader.position)
  const value = plain(api.request.decode(reader, apiVersion))
  const folder = join(directory, api.name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${name}.bin`), body)
  const text = JSON.stringify(
    { source: `${source.client} ${source.version}`, version: apiVersion, value },
    null,
    2,
  )
  writeFileSync(join(folder, `${name}.json`), `${text}\n`)
}

function proxy(target: () => number): Promise<{ port: number; close(): void }> {
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const broker = connect(target(), '127.0.0.1')
    const frames = new FrameReader({
      limits,
      reserve: () => true,
      allocate: (bytes) => new Uint8Array(bytes),
      onFrame: keep,
    })
    client.on('data', (chunk) => {
      frames.push(chunk)
      broker.write(chunk)
    })
    broker.on('data', (chunk) => client.write(chunk))
    for (const [one, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      sockets.add(one)
      one.on('close', () => other.destroy())
      one.on('error', () => other.destroy())
    }
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      const close = (): void => {
        server.close()
        for (const socket of sockets) socket.destroy()
      }
      resolve({ port, close })
    })
  })
}

async function platformatic(server: string): Promise<void> {
  const options = { clientId: 'platformatic', bootstrapBrokers: [server] }
  const admin = new Admin(options)
  await admin.createTopics({ topics: ['pk'], partitions: 2, replicas: 1 })
  await admin
    .createPartitions({ topics: [{ name: 'pk', count: 3, assignments: [] }], validateOnly: true })
    .catch(() => undefined)
  const producer = new Producer({ ...options, idempotent: true })
  await producer.send({
    acks: -1,
    messages: [{ topic: 'pk', key: Buffer.from('k'), value: Buffer.from('v'), partition: 0 }],
  })
  const consumer = new Consumer({ ...options, groupId: 'pk-group' })
  const stream = await consumer.consume({
    topics: ['pk'],
    mode: 'earliest',
    sessionTimeout: 10_000,
    heartbeatInterval: 200,
  })
  for await (const message of stream) {
    await message.commit()
    break
  }
  await consumer.listCommittedOffsets({ topics: [{ topic: 'pk', partitions: [0] }] })
  await admin.listGroups()
  await admin.describeGroups({ groups: ['pk-group'] })
  await new Promise((resolve) => setTimeout(resolve, 500))
  await consumer.close(true)
  await admin.describeConfigs({ resources: [{ resourceType: 2, resourceName: 'pk' }] })
  await admin.listOffsets({ topics: [{ name: 'pk', partitions: [{ partitionIndex: 0, timestamp: -1n }] }] })
  await admin.describeLogDirs({ topics: [{ name: 'pk', partitions: [0] }] })
  await admin.deleteGroups({ groups: ['pk-group'] })
  await admin.deleteRecords({ topics: [{ name: 'pk', partitions: [{ partition: 0, offset: 1n }] }] })
  await admin.deleteTopics({ topics: ['pk'] })
  await producer.close()
  await admin.close()
}

const data = await mkdtemp(join(tmpdir(), 'bt-capture-'))
let brokerPort = 0
const between = await proxy(() => brokerPort)
const listeners = [{ listen: '127.0.0.1:0', advertised: `127.0.0.1:${between.port}` }]
const config = parseSection(brokerConfig, { listeners }, { key: 'broker' })
const broker = await openBroker({ config, directory: data })
brokerPort = broker.addresses[0]?.port ?? 0
const server = `127.0.0.1:${between.port}`
source = { client: 'platformatic-kafka', version: '2.12.1' }
await platformatic(server)
source = { client: 'kafkajs', version: '2.2.4' }
await runCases('kafkajs', kafkajsCases, server)
source = { client: 'kcat', version: '1.7.1 (librdkafka 2.0.2)' }
await runCases('kcat', kcatCases.slice(1), server)
source = { client: 'confluent-kafka', version: '2.16.1' }
const child = spawn(python, [join(import.meta.dirname, 'confluent-kafka', 'cases.py'), server], {
  stdio: 'ignore',
})
await new Promise((resolve) => child.on('close', resolve))
between.close()
await broker.close()
await rm(data, { recursive: true, force: true })
process.stdout.write(`${seen.size} vectors in ${directory}\n`)
