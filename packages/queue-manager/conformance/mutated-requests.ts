/**
 * Spoilt requests against a running start-re-manager with its worker: wrong types, sizes and depths, broken JSON and
 * MessagePack, wrong frames, and bytes that are no 0MQ at all. It must not crash, leak or hang, and another client gets its
 * status all the time. For Linux.
 *   mutated-requests.ts [--count 1000000] [--seed N]     half JSON, half MessagePack; JSON lines, then "N passed, N failed"
 */
import { statSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { tempDir } from '@beamtime/service-kit/testing'
import { Request } from 'zeromq'
import { wireCodecs, type Encoding } from '../src/wire-codec.ts'
import { flood, type FloodResult } from './mutations/flood.ts'
import { seededRandom } from './seeded-random.ts'
import { Family } from './soak/family.ts'
import { residentMib } from './soak/processes.ts'

const { values } = parseArgs({
  options: { count: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' } },
})
const emergencyKey = 'emergency'
/** The queue is emptied, unlocked and opened after so many, as nonsense may do the opposite. */
const tidyEvery = 10_000
/** Resident memory of a manager at rest is about 90 MiB. */
const maxMib = 400
const maxLogBytes = 1_000_000

type Body = Readonly<Record<string, unknown>>

/** A client that waits as long as the client libraries do by default. null: no answer. */
async function ask(family: Family, encoding: Encoding, body: Body): Promise<Body | null> {
  const socket = new Request({ linger: 0, receiveTimeout: 2_000 })
  socket.connect(family.control)
  try {
    await socket.send(Buffer.from(wireCodecs[encoding].encode(body)))
    const [payload] = await socket.receive()
    const decoded = wireCodecs[encoding].decode(payload ?? Buffer.alloc(0))
    return decoded.kind === 'body' ? (decoded.body as Body) : null
  } catch {
    return null
  } finally {
    socket.close()
  }
}

interface Watched {
  readonly statusMs: number[]
  unanswered: number
  readonly rssMib: number[]
}

async function watch(family: Family, encoding: Encoding, signal: AbortSignal): Promise<Watched> {
  const seen: Watched = { statusMs: [], unanswered: 0, rssMib: [] }
  while (!signal.aborted) {
    const startMs = performance.now()
    const status = await ask(family, encoding, { method: 'status' })
    if (status === null || !('status_uid' in status)) seen.unanswered += 1
    seen.statusMs.push(performance.now() - startMs)
    if (seen.statusMs.length % 10 === 1) seen.rssMib.push(residentMib(family.managerPid ?? -1))
    await sleep(25)
  }
  return seen
}

/** Bytes that are no 0MQ, and connections that end in the middle of a greeting. */
async function knock(
  family: Family,
  random: (below: number) => number,
  signal: AbortSignal,
): Promise<number> {
  const port = Number(family.control.split(':').at(-1))
  const greeting = Buffer.from([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0, 0x4e, 0x55, 0x4c, 0x4c])
  let connections = 0
  while (!signal.aborted) {
    const noise = Buffer.from(Array.from({ length: random(300) }, () => random(256)))
    const bytes = [noise, Buffer.concat([greeting, noise]), greeting, Buffer.from('GET / HTTP/1.1\r\n\r\n')]
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(bytes[random(bytes.length)] ?? noise)
    connections += 1
    await sleep(20 + random(20))
    socket.destroy()
  }
  return connections
}

async function tidy(family: Family, encoding: Encoding): Promise<void> {
  const call = (method: string, params: Body = {}): Promise<Body | null> =>
    ask(family, encoding, { method, params })
  await call('unlock', { lock_key: emergencyKey })
  await call('queue_autostart', { enable: false })
  await call('queue_mode_set', { mode: 'default' })
  await call('queue_clear')
  await call('history_clear')
  const proposals = (await call('queue_proposal_list'))?.['proposals'] as readonly Body[] | undefined
  for (const { proposal_uid } of proposals ?? []) await call('queue_proposal_refuse', { proposal_uid })
  await call('permissions_reload', { restore_plans_devices: true })
  const status = await call('status')
  if (status?.['manager_state'] === 'paused') await call('re_abort')
  if (status?.['worker_environment_exists'] !== true) await call('environment_open')
}

interface Outcome extends FloodResult {
  readonly encoding: Encoding
  readonly problems: string[]
}

async function attack(
  encoding: Encoding,
  count: number,
  random: (below: number) => number,
): Promise<Outcome> {
  const dir = tempDir()
  process.env['QSERVER_EMERGENCY_LOCK_KEY_FOR_SERVER'] = emergencyKey
  const family = await Family.start({
    folder: dir.path,
    options: [`--zmq-encoding=${encoding}`],
    plans: 'demo',
  })
  try {
    const deadline = performance.now() + 20_000
    while ((await ask(family, encoding, { method: 'status' })) === null && performance.now() < deadline)
      await sleep(50)
    await tidy(family, encoding)
    const outcome = await attackRunning(family, { encoding, count, random })
    const logPath = join(dir.path, 'data', 'logs', 're-manager.log')
    const logBytes = statSync(logPath, { throwIfNoEntry: false })?.size ?? 0
    if (logBytes > maxLogBytes) outcome.problems.push(`${logBytes} bytes of log were written`)
    return outcome
  } finally {
    const left = await family.close()
    for (const problem of left) console.log(problem)
    await dir.close()
  }
}

async function attackRunning(
  family: Family,
  { encoding, count, random }: Pick<Parameters<typeof flood>[0], 'encoding' | 'count' | 'random'>,
): Promise<Outcome> {
  const { managerPid } = family
  const stop = new AbortController()
  const watching = watch(family, encoding, stop.signal)
  const knocking = knock(family, random, stop.signal)
  const startMs = performance.now()
  const result = await flood({
    address: family.control,
    encoding,
    count,
    random,
    patienceMs: 70_000,
    onProgress: (sent) => {
      if (sent % tidyEvery === 0) void tidy(family, encoding)
    },
  })
  const seconds = (performance.now() - startMs) / 1_000
  stop.abort()
  const seen = await watching
  const problems = [
    ...result.wrong,
    ...(family.managerPid === managerPid ? [] : ['the manager crashed']),
    ...(result.answered === result.expected
      ? []
      : [`${result.expected} answers were due, ${result.answered} came`]),
    ...(seen.unanswered === 0 ? [] : [`${seen.unanswered} times no status within 2 s`]),
  ]
  await tidy(family, encoding)
  await sleep(2_000)
  const restMib = residentMib(family.managerPid ?? -1)
  if (restMib > maxMib) problems.push(`${restMib} MiB are resident after it is over`)
  const sorted = seen.statusMs.toSorted((a, b) => a - b)
  const at = (fraction: number): number => Math.round(sorted[Math.floor(sorted.length * fraction)] ?? 0)
  console.log(
    JSON.stringify({
      name: 'mutated-requests',
      encoding,
      sent: result.sent,
      answered: result.answered,
      refused: result.refused,
      rawConnections: await knocking,
      perSecond: Math.round(result.sent / seconds),
      statusMs: { samples: sorted.length, median: at(0.5), p99: at(0.99), worst: at(0.99999) },
      rssMib: {
        first: seen.rssMib[0],
        halfway: seen.rssMib[Math.floor(seen.rssMib.length / 2)],
        most: Math.max(...seen.rssMib),
        atRest: restMib,
      },
      problems,
    }),
  )
  return { ...result, encoding, problems }
}

const random = seededRandom(Number(values.seed))
const half = Math.ceil(Number(values.count) / 2)
const outcomes = [await attack('json', half, random), await attack('msgpack', half, random)]
const failed = outcomes.flatMap(({ problems }) => problems).length
for (const { encoding, problems } of outcomes)
  for (const problem of problems) console.log(`${encoding}: ${problem}`)
console.log(`${outcomes.reduce((sum, { answered }) => sum + answered, 0)} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
