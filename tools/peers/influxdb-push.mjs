// Starts InfluxDB and the platform, whose services push their metrics there, and asks InfluxDB what it has.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '@beamtime/service-kit/testing'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'bt-influxdb-'))
const children = new Set()

function start(command, args) {
  const child = spawn(command, args, { stdio: 'ignore', cwd: folder })
  const one = { child, exited: new Promise((resolve) => child.once('exit', resolve)) }
  children.add(one)
  return async (signal) => {
    child.kill(signal)
    await one.exited
    children.delete(one)
  }
}

async function until(what, check, seconds = 90) {
  const deadline = Date.now() + seconds * 1_000
  for (;;) {
    const value = await check().catch(() => null)
    if (value) return value
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`)
    await delay(250)
  }
}

const results = { passed: 0, failed: 0 }
function tell(name, isGood, detail = '') {
  results[isGood ? 'passed' : 'failed'] += 1
  process.stdout.write(`${isGood ? 'pass' : 'FAIL'}  ${name}${detail === '' ? '' : ` (${detail})`}\n`)
}

const [http, kafka, registry, control, info, influx, backup] = await Promise.all(
  Array.from({ length: 7 }, () => freePort()),
)
const database = `http://127.0.0.1:${influx}`

async function query(q) {
  const url = `${database}/query?${new URLSearchParams({ db: 'broker_simulator', q })}`
  const answer = await (await fetch(url, { method: 'POST' })).json()
  return answer.results[0].series ?? []
}

function startDatabase() {
  writeFileSync(
    join(folder, 'influx.conf'),
    `reporting-disabled = true
bind-address = "127.0.0.1:${backup}"
[meta]
dir = "${folder}/meta"
[data]
dir = "${folder}/data"
wal-dir = "${folder}/wal"
[http]
bind-address = "127.0.0.1:${influx}"
`,
  )
  return start('influxd', ['-config', join(folder, 'influx.conf')])
}

async function roles() {
  return (await query('SELECT last(value) FROM beamtime_up GROUP BY role'))
    .map(({ tags }) => tags.role)
    .sort()
}

try {
  let stopDatabase = startDatabase()
  await until('InfluxDB answers', async () => (await fetch(`${database}/ping`)).ok)
  await query('CREATE DATABASE broker_simulator')
  writeFileSync(
    join(folder, 'beamtime.toml'),
    `[http]
listen = "127.0.0.1:${http}"
[broker]
listen = "127.0.0.1:${kafka}"
[registry]
listen = "127.0.0.1:${registry}"
[queue.main]
control = "tcp://127.0.0.1:${control}"
info = "tcp://127.0.0.1:${info}"
[metrics]
influx_url = "${database}/write?db=broker_simulator"
`,
  )
  const place = ['--config', join(folder, 'beamtime.toml'), '--data', join(folder, 'platform')]
  const stopPlatform = start(process.execPath, [join(root, 'bin', 'beamtime.mjs'), 'up', ...place])
  const wanted = ['bus', 'http', 'queue', 'replay', 'store']
  const found = await until('every service has pushed', async () => {
    const told = await roles()
    return wanted.every((role) => told.includes(role)) && told
  })
  tell('every service pushes', true, found.join(', '))
  const text = await (await fetch(`http://127.0.0.1:${http}/metrics`)).text()
  const told = new Set(
    Array.from(text.matchAll(/^(beamtime_\w+?)(?:\{.*\})? -?[\d.e+-]+$/gm), ([, name]) => name),
  )
  const kept = new Set((await query('SHOW MEASUREMENTS'))[0].values.flat())
  const missing = [...told].filter((name) => !kept.has(name))
  tell(`all of ${told.size} measurements of /metrics are there`, missing.length === 0, missing.join(', '))
  const heap = await query(`SELECT last(value) FROM beamtime_heap_bytes WHERE role = 'bus'`)
  tell('heap of the broker, the one thing the old stack showed', heap[0]?.values[0][1] > 1e6)

  await stopDatabase('SIGKILL')
  const awayMs = Date.now()
  await delay(25_000)
  const backMs = Date.now()
  stopDatabase = startDatabase()
  const points = await until('what was held back arrives', async () => {
    const during = `time > ${awayMs}ms AND time < ${backMs}ms`
    const series = await query(`SELECT value FROM beamtime_rss_bytes WHERE role = 'bus' AND ${during}`)
    return series[0]?.values.length >= 2 && series[0].values.length
  })
  tell('what was counted while it was away is there afterwards', true, `${points} points`)
  await stopPlatform('SIGTERM')
  await stopDatabase('SIGTERM')
} catch (error) {
  tell('the session', false, String(error))
} finally {
  for (const { child } of children) child.kill('SIGTERM')
  await Promise.all(Array.from(children, ({ exited }) => exited))
  rmSync(folder, { recursive: true, force: true })
}
process.stdout.write(`${results.passed} passed, ${results.failed} failed\n`)
process.exitCode = results.failed === 0 ? 0 : 1
