/* Our client, pyepics (the C library) and the caproto client one after another against the same C soft IOC in a process of its own:
 * reads and put-callbacks one at a time, reads of 40,000 doubles, monitor updates of an unthrottled writer. Ours also with 1,000 reads
 * in flight. The IOC and the other clients come from the cache that `npm run test:peers -- epics` fills; without it our own
 * test server in a process of its own stands in, and the peers are left out. */
import { execFile, execSync, fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cpus, homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { epicsEnvironment, iocProcess, prefix } from '../conformance/epics/ioc-process.ts'
import { createCaContext, type CaChannel } from '../src/index.ts'

const seconds = 2
const cache = process.env['BEAMTIME_PEERS_CACHE'] ?? join(homedir(), '.cache', 'beamtime-peers')
const python = join(cache, 'epics', 'bin', 'python')
const commit = execSync('git rev-parse --short HEAD', { encoding: 'utf8', cwd: import.meta.dirname }).trim()

function report(of: string, perS: number, more: Record<string, unknown> = {}): void {
  const place = { commit, node: process.version, cpu: `${cpus().length} x ${cpus()[0]?.model ?? ''}` }
  console.log(
    JSON.stringify({
      name: 'channel-access/client-rates',
      of,
      perS: Number(perS.toPrecision(4)),
      ...more,
      ...place,
    }),
  )
}

async function rate(work: () => Promise<unknown>, each = 1): Promise<number> {
  const warmUntilMs = performance.now() + 500
  while (performance.now() < warmUntilMs) await work()
  const startedMs = performance.now()
  let count = 0
  while (performance.now() - startedMs < seconds * 1000) {
    await work()
    count += each
  }
  return count / ((performance.now() - startedMs) / 1000)
}

async function updates(channel: CaChannel): Promise<number> {
  const monitor = channel.monitor({ maxUpdates: 100_000 })
  let seen = 0
  const consumed = (async () => {
    for await (const _ of monitor) seen += 1
  })()
  const startedMs = performance.now()
  let sent = 0
  while (performance.now() - startedMs < seconds * 1000) {
    for (let i = 0; i < 49; i++) void channel.put(sent++)
    await channel.put(sent++)
  }
  await channel.get()
  const perS = seen / ((performance.now() - startedMs) / 1000)
  monitor.close()
  await consumed
  return perS
}

async function openIoc(): Promise<{
  address: string
  repeaterPort: number
  port: number
  peers: boolean
  stop(): Promise<void>
}> {
  if (existsSync(python)) {
    const ioc = await iocProcess(python, 'soft')
    await ioc.start()
    return {
      address: ioc.address,
      port: ioc.port,
      repeaterPort: ioc.repeaterPort,
      peers: true,
      stop: () => ioc.kill(),
    }
  }
  const child = fork(join(import.meta.dirname, 'test-ioc.part.ts'))
  const address = await new Promise<string>((resolve) =>
    child.once('message', (message) => resolve(typeof message === 'string' ? message : '')),
  )
  return {
    address,
    port: 0,
    repeaterPort: 15_065,
    peers: false,
    stop: () => Promise.resolve(void child.kill()),
  }
}

const ioc = await openIoc()
const context = createCaContext({
  addrList: [ioc.address],
  autoAddrList: false,
  repeater: false,
  repeaterPort: ioc.repeaterPort,
})
const scalar = context.channel(`${prefix}out`)
const wave = context.channel(`${prefix}doubles`)
await Promise.all([scalar.connected(), wave.connected()])
await wave.putCallback(new Float64Array(40_000))
const server = ioc.peers ? 'C soft IOC' : 'our test server'
report('get, one at a time', await rate(() => scalar.get()), { client: 'ours', server })
report(
  'get, 1,000 in flight',
  await rate(() => Promise.all(Array.from({ length: 1_000 }, () => scalar.get())), 1_000),
  { client: 'ours', server },
)
report('put-callback, one at a time', await rate(() => scalar.putCallback(1)), { client: 'ours', server })
report('get of 40,000 doubles', await rate(() => wave.get()), { client: 'ours', server })
report('monitor updates', await updates(scalar), { client: 'ours', server })
await context.close()
if (ioc.peers)
  for (const client of ['pyepics', 'caproto']) {
    const script = join(import.meta.dirname, '..', 'conformance', 'epics', 'measure_client.py')
    const { stdout } = await promisify(execFile)(python, [script, client, prefix, String(seconds)], {
      env: { ...process.env, ...epicsEnvironment(ioc) },
    })
    const figures = JSON.parse(stdout) as Record<string, number>
    report('get, one at a time', figures['gets'] ?? 0, { client, server })
    report('put-callback, one at a time', figures['putCallbacks'] ?? 0, { client, server })
    report('get of 40,000 doubles', figures['waveformGets'] ?? 0, { client, server })
    report('monitor updates', figures['updates'] ?? 0, { client, server })
  }
await ioc.stop()
