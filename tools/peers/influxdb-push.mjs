// Starts InfluxDB and the platform, whose services push their metrics there, and asks InfluxDB what it has.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '@beamtime/service-kit/testing'
import { runSession, startPlatform, until } from './platform-session.mjs'

const [influx, backup] = await Promise.all([freePort(), freePort()])
const database = `http://127.0.0.1:${influx}`

async function query(q) {
  const url = `${database}/query?${new URLSearchParams({ db: 'broker_simulator', q })}`
  const answer = await (await fetch(url, { method: 'POST' })).json()
  return answer.results[0].series ?? []
}

function startDatabase({ folder, start }) {
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

await runSession('influxdb', async (session) => {
  const { tell } = session
  let stopDatabase = startDatabase(session)
  await until('InfluxDB answers', async () => (await fetch(`${database}/ping`)).ok)
  await query('CREATE DATABASE broker_simulator')
  const more = `[metrics]\ninflux_url = "${database}/write?db=broker_simulator"\n`
  const { http, stop: stopPlatform } = await startPlatform(session, more)
  const wanted = ['bus', 'http', 'queue', 'replay', 'store']
  const found = await until('every service has pushed', async () => {
    const told = await roles()
    return wanted.every((role) => told.includes(role)) && told
  })
  tell(`every service pushes: ${found.join(', ')}`, null)
  const text = await (await fetch(`http://127.0.0.1:${http}/metrics`)).text()
  const told = new Set(
    Array.from(text.matchAll(/^(beamtime_\w+?)(?:\{.*\})? -?[\d.e+-]+$/gm), ([, name]) => name),
  )
  const kept = new Set((await query('SHOW MEASUREMENTS'))[0].values.flat())
  const missing = [...told].filter((name) => !kept.has(name))
  tell(
    `all of ${told.size} measurements of /metrics are there`,
    missing.length === 0 ? null : missing.join(', '),
  )
  const heap = await query(`SELECT last(value) FROM beamtime_heap_bytes WHERE role = 'bus'`)
  const bytes = heap[0]?.values[0][1]
  tell('heap of the broker, the one thing the old stack showed', bytes > 1e6 ? null : `${bytes}`)

  await stopDatabase('SIGKILL')
  const awayMs = Date.now()
  await delay(25_000)
  const backMs = Date.now()
  stopDatabase = startDatabase(session)
  const points = await until('what was held back arrives', async () => {
    const during = `time > ${awayMs}ms AND time < ${backMs}ms`
    const series = await query(`SELECT value FROM beamtime_rss_bytes WHERE role = 'bus' AND ${during}`)
    return series[0]?.values.length >= 2 && series[0].values.length
  })
  tell(`what was counted while it was away is there afterwards: ${points} points`, null)
  await stopPlatform('SIGTERM')
  await stopDatabase('SIGTERM')
})
