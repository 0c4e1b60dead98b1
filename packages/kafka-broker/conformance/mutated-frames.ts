/* Sends mutated requests of real clients to a broker in a process of its own:
 *   node conformance/mutated-frames.ts [--count 100000] [--seed 1] [--connections 600] [--max-rss-mb 700]
 * Each frame counts when it was answered, when the broker closed its connection, or when the broker waits for more of it (a
 * request that says it is longer, or a long poll). The broker has to live on, to answer sound requests all along, and to stay
 * below the memory limit. One JSON line; exit code 1 when one of these does not hold. */
import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { BenchConnection, requestFrame } from '../bench/bench-client.part.ts'
import { ByteReader } from '../src/core/byte-reader.ts'
import { isFlexible, type MessageCodec } from '../src/core/codec.ts'
import { batchCrc } from '../src/core/record-batch.ts'
import { apiTable } from '../src/handlers/api-table.ts'

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    connections: { type: 'string', default: '600' },
    'max-rss-mb': { type: 'string', default: '700' },
  },
})
const count = Number(values.count)
const maxRssMb = Number(values['max-rss-mb'])
/** A request that is not answered by then waits for something. */
const patienceMs = 4_000
const soundEvery = 20_000
const purgeEvery = 200_000

/** Small, fast and the same for the same seed (mulberry32). */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b_79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below) | 0
  }
}

const random = randomNumbers(Number(values.seed))

interface Seed {
  readonly key: number
  readonly version: number
  readonly isFlexible: boolean
  readonly body: Buffer
}

/** What real clients sent; for APIs that none of them used, a body of zeros in each version. */
function seedFrames(): readonly Seed[] {
  const folder = join(import.meta.dirname, '..', 'test', 'vectors')
  const recorded = new Set(readdirSync(folder))
  return apiTable.flatMap((api): Seed[] => {
    const seed = (version: number, body: Buffer): Seed => ({
      key: api.key,
      version,
      isFlexible: isFlexible(api.request.shape, version),
      body,
    })
    if (!recorded.has(api.name)) {
      const [first, last] = api.versions
      return Array.from({ length: last - first + 1 }, (_, i) => seed(first + i, Buffer.alloc(48)))
    }
    return readdirSync(join(folder, api.name))
      .filter((name) => name.endsWith('.bin'))
      .map((name) => seed(Number(/v(\d+)\.bin$/.exec(name)?.[1]), readFileSync(join(folder, api.name, name))))
  })
}

const seeds = seedFrames()
const produceKey = 0
const batchMagic = 2

function mutated(bytes: Buffer): Buffer {
  let result = Buffer.from(bytes)
  const changes = random(5)
  for (let i = 0; i < changes; i++) {
    const at = result.byteLength === 0 ? 0 : random(result.byteLength)
    const kind = random(8)
    if (kind < 4 && result.byteLength > 0) result[at] = random(256)
    else if (kind === 4 && at + 4 <= result.byteLength)
      result.writeInt32BE([-1, 0, 0x7fff_ffff, -0x8000_0000, 1 << 20][random(5)] ?? 0, at)
    else if (kind === 5) result = result.subarray(0, at)
    else if (kind === 6)
      result = Buffer.concat([
        result.subarray(0, at),
        Buffer.alloc(1 + random(9), random(256)),
        result.subarray(at),
      ])
    else if (result.byteLength > 0) result[at] = (result[at] ?? 0) ^ (1 << random(8))
  }
  return result
}

/** Half of the damaged batches get a checksum that is right, so that what is behind it is reached. */
function withSoundChecksum(body: Buffer): Buffer {
  for (let at = 16; at + 45 < body.byteLength; at++) {
    const isBatch = body[at] === batchMagic && body.readInt32BE(at - 8) + at - 4 <= body.byteLength
    if (!isBatch || body.readInt32BE(at - 8) < 49) continue
    const batch = body.subarray(at - 16, at - 4 + body.readInt32BE(at - 8))
    body.writeUInt32BE(batchCrc(batch), at + 1)
    return body
  }
  return body
}

function frame(): Buffer {
  const seed = seeds[random(seeds.length)] as Seed
  const header = Buffer.alloc(10)
  header.writeInt16BE(seed.key, 0)
  header.writeInt16BE(seed.version, 2)
  header.writeInt32BE(random(1 << 30), 4)
  header.writeInt16BE(-1, 8)
  const tags = seed.isFlexible ? Buffer.of(0) : Buffer.alloc(0)
  let body = mutated(seed.body)
  if (seed.key === produceKey && random(2) === 0) body = withSoundChecksum(body)
  const whole = Buffer.concat([random(12) === 0 ? mutated(header) : header, tags, body])
  const size = Buffer.alloc(4)
  size.writeInt32BE(random(40) === 0 ? random(0x7fff_ffff) - 1_000_000 : whole.byteLength)
  return Buffer.concat([size, whole])
}

const outcomes = { answered: 0, closed: 0, waiting: 0 }
const total = (): number => outcomes.answered + outcomes.closed + outcomes.waiting
let deadline = ''

/** One connection after another: each frame goes when the one before it has come to an end. */
function lane(port: number): Promise<void> {
  return new Promise((resolve) => {
    const next = (): void => {
      if (total() >= count || deadline !== '') resolve()
      else open()
    }
    const open = (): void => {
      const socket = connect(port, '127.0.0.1')
      let timer: NodeJS.Timeout | null = null
      let isOver = false
      const end = (outcome: keyof typeof outcomes): void => {
        if (isOver) return
        isOver = true
        outcomes[outcome]++
        if (timer !== null) clearTimeout(timer)
        socket.destroy()
        next()
      }
      const send = (): void => {
        timer = setTimeout(() => end('waiting'), patienceMs)
        socket.write(frame())
      }
      socket.on('connect', send)
      socket.on('data', () => {
        if (isOver) return
        if (timer !== null) clearTimeout(timer)
        outcomes.answered++
        if (total() >= count || random(50) === 0) {
          isOver = true
          socket.destroy()
          next()
        } else send()
      })
      socket.on('error', () => undefined) // 'close' follows
      socket.on('close', () => end('closed'))
    }
    open()
  })
}

function startBroker(directory: string): Promise<{ child: ChildProcess; port: number }> {
  const program = join(import.meta.dirname, '..', 'bench', 'bench-broker.part.ts')
  const settings = { max_connections: 1_000, request_memory_bytes: 67_108_864, segment_bytes: 16_777_216 }
  const child = fork(program, [directory, JSON.stringify(settings)], { execArgv: [] })
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve({ child, port: (message as { port: number }).port }))
    child.once('exit', (code) => reject(new Error(`the broker ended with ${code}`)))
  })
}

function rssMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1_024
}

/** Takes away what mutated requests have made: topics and groups are no leak. */
async function purge(port: number): Promise<void> {
  const connection = new BenchConnection(port)
  const ask = async (name: string, version: number, value: unknown): Promise<unknown> => {
    const frames = await connection.askWhole(requestFrame(name, version, value))
    const api = apiTable.find((one) => one.name === name)
    const reader = new ByteReader(frames)
    reader.int32()
    if (api === undefined) throw new Error(`no API ${name}`)
    return (api.response as unknown as MessageCodec).decode(reader, version)
  }
  const { topics } = (await ask('Metadata', 1, { topics: null })) as { topics: { name: string }[] }
  const topicNames = topics.map(({ name }) => name)
  if (topicNames.length > 0) await ask('DeleteTopics', 1, { topicNames, timeoutMs: 60_000 })
  const { groups } = (await ask('ListGroups', 0, {})) as { groups: { groupId: string }[] }
  const groupsNames = groups.map(({ groupId }) => groupId)
  if (groupsNames.length > 0) await ask('DeleteGroups', 0, { groupsNames })
  connection.close()
  console.error(`purged ${topicNames.length} topics, ${groupsNames.length} groups`)
}

/** ApiVersions v0 on a connection of its own. Rejects when it is not answered within ten seconds. */
function soundRequest(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(port, '127.0.0.1')
    const fail = (): void => reject(new Error('a sound request was not answered'))
    const timer = setTimeout(fail, 10_000)
    socket.on('connect', () => socket.write(Buffer.from('0000000a0012000000000001ffff', 'hex')))
    socket.on('data', () => {
      clearTimeout(timer)
      socket.destroy()
      resolve()
    })
    socket.on('error', fail)
  })
}

const directory = mkdtempSync(join(tmpdir(), 'bt-mutated-'))
const { child, port } = await startBroker(directory)
child.once('exit', (code, signal) => (deadline ||= `the broker ended with ${code ?? signal}`))
const startedMs = performance.now()
let peakMb = 0
let checkedAt = 0
let purgedAt = 0
const watch = setInterval(() => {
  if (deadline !== '' || child.pid === undefined) return
  const nowMb = rssMb(child.pid)
  peakMb = Math.max(peakMb, nowMb)
  if (nowMb > maxRssMb) deadline = `the broker uses ${Math.round(nowMb)} MB`
  if (total() - checkedAt < soundEvery) return
  checkedAt = total()
  soundRequest(port).catch((error: unknown) => (deadline ||= String(error)))
  console.error(`${total()} frames, ${Math.round(nowMb)} MB`)
  if (checkedAt - purgedAt < purgeEvery) return
  purgedAt = checkedAt
  void purge(port)
}, 200)
await Promise.all(Array.from({ length: Number(values.connections) }, () => lane(port)))
clearInterval(watch)
await soundRequest(port).catch((error: unknown) => (deadline ||= String(error)))
const seconds = Math.round((performance.now() - startedMs) / 1_000)
console.log(
  JSON.stringify({
    name: 'kafka-broker/mutated-frames',
    frames: total(),
    ...outcomes,
    seed: Number(values.seed),
    seconds,
    peakRssMb: Math.round(peakMb),
    result: deadline === '' ? 'pass' : deadline,
  }),
)
process.exitCode = deadline === '' ? 0 : 1
if (child.connected) {
  child.removeAllListeners('exit')
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.disconnect()
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000)
  await gone
  clearTimeout(timer)
}
rmSync(directory, { recursive: true, force: true })
