// Start of the demo platform on free ports with new data: time until every service serves, and resident memory.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { freePort } from '@beamtime/service-kit/testing'

const launcher = join(import.meta.dirname, '../../../bin/beamtime.mjs')
const folder = mkdtempSync(join(tmpdir(), 'bt-bench-'))
const data = join(folder, 'data')
const config = join(folder, 'beamtime.toml')
const place = ['--config', config, '--data', data]
const ports = await Promise.all(Array.from({ length: 4 }, freePort))
writeFileSync(
  config,
  `[broker]\nlisten = "127.0.0.1:${ports[0]}"\n[registry]\nlisten = ""\n[queue.main]\ncontrol = "tcp://127.0.0.1:${ports[1]}"\n` +
    `info = "tcp://127.0.0.1:${ports[2]}"\n[http]\nlisten = "127.0.0.1:${ports[3]}"\n`,
)

interface ServiceProcess {
  readonly role: string
  readonly pid: number
}

// The first start fills the compile cache, the second is what a person meets every day.
for (const start of ['first', 'second']) {
  const started = performance.now()
  const child = spawn(process.execPath, [launcher, 'up', '--json', ...place], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: child.stdout }))
    if ((JSON.parse(line) as { event: string }).event === 'ready') break
  const readyMs = performance.now() - started
  spawnSync(process.execPath, [launcher, 'run', 'count', 'det', 'num=20', '--json', ...place], {
    stdio: 'ignore',
  })
  const status = JSON.parse(
    spawnSync(process.execPath, [launcher, 'status', '--json', ...place], { encoding: 'utf8' }).stdout,
  ) as { pid: number; services: ServiceProcess[]; workers: { queue: string; pid: number }[] }
  const memory = [
    { role: 'supervisor', pid: status.pid },
    ...status.services,
    ...status.workers.map(({ queue, pid }) => ({ role: `worker@${queue}`, pid })),
  ].map(({ role, pid }) => ({ role, ...residentOf(pid) }))
  const commands = {
    queue_list_ms: medianMs(['queue', 'list']),
    queue_add_ms: medianMs(['queue', 'add', 'count', 'det']),
    runs_list_ms: medianMs(['runs', 'list']),
    status_ms: medianMs(['status']),
  }
  const stopStarted = performance.now()
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGINT')
  await ended
  console.log(
    JSON.stringify({
      name: 'platform start',
      start,
      ready_ms: Math.round(readyMs),
      target_ready_ms: 5_000,
      rss_mb: sum(memory.map((entry) => entry.rssMb)),
      pss_mb: sum(memory.map((entry) => entry.pssMb)),
      target_rss_mb: 700,
      stop_ms: Math.round(performance.now() - stopStarted),
      commands,
      processes: memory,
      node: process.versions.node,
      cpu: cpus()[0]?.model,
      cores: cpus().length,
    }),
  )
}
rmSync(folder, { recursive: true, force: true })

/** Resident memory, and the share of it that counts shared pages once. Linux only. */
function residentOf(pid: number): { readonly rssMb: number; readonly pssMb: number } {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const mega = (name: string): number =>
    Math.round(Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(rollup)?.[1] ?? 0) / 976.6)
  return { rssMb: mega('Rss'), pssMb: mega('Pss') }
}

/** Of nine starts of a command while the platform runs. */
function medianMs(args: readonly string[]): number {
  const times = Array.from({ length: 9 }, () => {
    const before = performance.now()
    spawnSync(process.execPath, [launcher, ...args, ...place], { stdio: 'ignore' })
    return Math.round(performance.now() - before)
  })
  return times.toSorted((a, b) => a - b)[4] ?? 0
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
