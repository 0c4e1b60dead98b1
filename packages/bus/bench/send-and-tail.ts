/* Through the client library and a broker in a process of its own: records of 1 KiB sent in batches of 500 and tailed, then
 * single records from send to tail. The library's own figure: 95 039 single sends/s on a 3-node cluster (its README). */
import { execSync, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@beamtime/service-kit/testing'
import { openBus } from '../src/index.ts'

const batches = 400
const batchRecords = 500
const singles = 1_000
const directory = mkdtempSync(join(tmpdir(), 'bt-bus-bench-'))
const port = await freePort()
const child = fork(join(import.meta.dirname, '..', 'test', 'broker-process.ts'), [
  join(directory, 'broker'),
  String(port),
])
await new Promise((resolve) => child.once('message', resolve))

function report(figures: Record<string, unknown>): void {
  const commit = execSync('git rev-parse --short HEAD', { encoding: 'utf8', cwd: import.meta.dirname }).trim()
  const place = { commit, node: process.version, cpu: `${cpus().length} x ${cpus()[0]?.model ?? ''}` }
  const rounded = Object.entries(figures).map(([key, value]) => [
    key,
    typeof value === 'number' ? Number(value.toPrecision(4)) : value,
  ])
  console.log(JSON.stringify({ name: 'bus/send-and-tail', ...Object.fromEntries(rounded), ...place }))
}

const bus = openBus({ bootstrapServers: [`127.0.0.1:${port}`], clientId: 'bench' })
await bus.ensureTopics([{ name: 'bench' }])
const producer = bus.producer()
const records = Array.from({ length: batchRecords }, () => ({
  topic: 'bench',
  value: Buffer.alloc(1_024, 'x'),
}))
for (let i = 0; i < 20; i++) await producer.sendBatch(records)
const startedMs = performance.now()
for (let i = 0; i < batches; i++) await producer.sendBatch(records)
const sendSeconds = (performance.now() - startedMs) / 1000
report({ of: 'send, batches of 500', recordsPerS: (batches * batchRecords) / sendSeconds, samples: batches })

const stop = new AbortController()
const total = (batches + 20) * batchRecords
let seen = 0
const readStartMs = performance.now()
await bus.tail({
  topic: 'bench',
  from: 'earliest',
  signal: stop.signal,
  onRecords: (some) => {
    seen += some.length
    if (seen >= total) stop.abort()
  },
})
report({
  of: 'tail from the beginning',
  recordsPerS: total / ((performance.now() - readStartMs) / 1000),
  samples: total,
})

const latencies: number[] = []
const end = new AbortController()
let arrived: () => void = () => undefined
let isReady: () => void = () => undefined
const ready = new Promise<void>((resolve) => (isReady = resolve))
const tail = bus.tail({
  topic: 'bench',
  from: 'latest',
  signal: end.signal,
  onState: () => isReady(),
  onRecords: () => arrived(),
})
await ready
for (let i = 0; i < singles; i++) {
  const sentMs = performance.now()
  const arrival = new Promise<void>((resolve) => (arrived = resolve))
  await Promise.all([producer.send({ topic: 'bench', value: 'x' }), arrival])
  latencies.push(performance.now() - sentMs)
}
latencies.sort((a, b) => a - b)
report({
  of: 'one record from send to tail',
  medianMs: latencies[singles / 2],
  p99Ms: latencies[Math.floor(singles * 0.99)],
  samples: singles,
})
end.abort()
await tail
await bus.close()
child.kill('SIGKILL')
rmSync(directory, { recursive: true, force: true })
