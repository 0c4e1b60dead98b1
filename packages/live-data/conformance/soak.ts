/**
 * Events at a steady rate through the broker for half an hour, while the service, the broker and the browser that shows the
 * dashboard are killed (kill -9) and started again, and counts that are exact to the event throughout.
 *   soak.ts [--minutes 30] [--rate 1e7] [--every 40] [--seed N] [--keep]     a line a minute, a JSON line, "N passed, N failed"
 *
 * What exact means: message n of the source must be acknowledged at offset n of the topic, so the topic has each event once.
 * Each image since start must be, bin for bin, that of one span of the topic's messages [from, to), recounted without the
 * code of the service: `from` is fixed while a job lives, `to` grows and lies at the end of the window. A broker or a browser
 * that is killed changes nothing of this. A service that is killed loses its histograms, as upstream's do: the next
 * process takes its jobs up under their numbers, counting anew from the end of the topic; the messages between two counts are
 * told. The last image must reach the last event, and the pages must show totals of the job that runs, to the event.
 */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { openBus } from '@beamtime/bus'
import { freePort, tempDir } from '@beamtime/service-kit/testing'
import { random as randomNumbers } from '../src/fakes/random.ts'
import { DashboardBrowser } from './soak/dashboard-browser.ts'
import { EventLedger } from './soak/event-ledger.ts'
import { eventsPerMessage } from './soak/event-pool.ts'
import { KeptProcess } from './soak/kept-process.ts'
import { ResultAudit } from './soak/result-audit.ts'
import { startSource } from './soak/start-source.ts'
import { quantile, verdict, type SoakFacts } from './soak/verdict.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    rate: { type: 'string', default: '1e7' },
    every: { type: 'string', default: '40' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
    pictures: { type: 'string', default: '' },
    keep: { type: 'boolean', default: false },
  },
})
const minutes = Number(values.minutes)
const rate = Number(values.rate)
const messagesPerPulse = Math.max(1, Math.round(rate / 14 / eventsPerMessage))
const numbers = randomNumbers(Number(values.seed))
const dir = tempDir()
const [brokerPort, dashboardPort] = await Promise.all([freePort(), freePort()])
const address = `127.0.0.1:${brokerPort}`
const data = join(dir.path, 'data')
mkdirSync(data)
writeFileSync(
  join(dir.path, 'beamtime.toml'),
  `[broker]\nlisten = "${address}"\nsegment_bytes = 67108864\nretention_total_bytes = 4294967296\n[registry]\nlisten = ""\n`,
)
const beamtime = join(import.meta.dirname, '../../../bin/beamtime.mjs')
const logFile = join(dir.path, 'services.log')
const place = ['--data', data, '--config', join(dir.path, 'beamtime.toml')]
const environment = { ...process.env, KAFKA_BOOTSTRAP_SERVERS: address }
const keep = (name: string, ...words: readonly string[]): KeptProcess =>
  new KeptProcess(name, { command: [process.execPath, beamtime, ...words, ...place], environment, logFile })

const broker = keep('broker', 'broker')
const bus = openBus({ bootstrapServers: [address], clientId: 'soak' })
await until('the broker answers', 60, async () => {
  const raw = { 'retention.ms': '20000', 'retention.bytes': '3000000000', 'segment.ms': '60000' }
  await bus.ensureTopics([
    { name: 'dummy_detector', partitions: 1, configs: { ...raw, 'max.message.bytes': '104857600' } },
  ])
  return true
})
const service = keep('service', 'detector-data', '--instrument', 'dummy', '--dev', '--auto-start')
const dashboard = keep(
  'dashboard',
  'dashboard',
  'detectors',
  '--instrument',
  'dummy',
  '--port',
  String(dashboardPort),
)
const kept = [broker, service, dashboard]
const url = `http://127.0.0.1:${dashboardPort}/`
const browser = new DashboardBrowser(url, () => readFileSync(join(data, 'state/http-key'), 'utf8').trim())
const ledger = new EventLedger(messagesPerPulse)
const audit = new ResultAudit(ledger)
const problems: string[] = []
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
let largestDiskMb = 0
let pageChecks = 0

try {
  await until(
    'the dashboard answers',
    60,
    async () => (await fetch(url, { headers: { accept: 'text/html' } })).ok,
  )
  await until('the service has its job', 60, async () => {
    const heartbeats = await bus.admin.offsets('dummy_livedata_heartbeat').catch(() => [])
    return heartbeats.some(({ latest }) => latest > 3n)
  })
  void bus.tail({
    topic: 'dummy_livedata_data',
    from: 'latest',
    signal: stop.signal,
    onRecords: (records) => {
      for (const { value, timestampMs } of records) if (value !== null) audit.take(value, timestampMs)
    },
  })
  await browser.open()
  const source = startSource({ address, rate, seconds: minutes * 60, ledger })
  await pageShowsTheJob('at the start')
  const endMs = performance.now() + minutes * 60_000
  let nextLineMs = performance.now() + 60_000
  let nextKillMs = performance.now() + Number(values.every) * 1_000
  const order = killOrder()
  while (performance.now() < endMs - 15_000 && !source.hasEnded()) {
    await sleep(500)
    audit.check()
    look()
    if (performance.now() > nextKillMs) {
      await killNext(order.next().value)
      nextKillMs = performance.now() + Number(values.every) * 1_000
    }
    if (performance.now() > nextLineMs) {
      console.log(JSON.stringify(figures()))
      nextLineMs += 60_000
    }
  }
  const sent = await source.ended
  ledger.ends(sent.messages)
  audit.check({ isEnd: true })
  await until('the last event is counted', 120, () =>
    Promise.resolve(audit.newest()?.spans.some(({ to }) => to >= sent.messages) === true),
  ).catch(problem)
  await pageShowsTheJob('at the end')
  if (values.pictures !== '') await browser.picture(join(values.pictures, 'soak-end.png'))
  const offsets = await bus.admin.offsets('dummy_detector')
  const facts: SoakFacts = {
    rate,
    sent,
    topicEnd: Number(offsets[0]?.latest ?? -1n),
    audit,
    ledger,
    problems: [...problems, ...browser.errors.map((error) => `page: ${error}`)],
    serviceKills: service.kills,
    brokerKills: broker.kills,
    crashes: kept.reduce((sum, { crashes }) => sum + crashes, 0),
    minutes,
    pageChecks,
    largestDiskMb,
    mostMb: Object.fromEntries(kept.map(({ name, mostMb }) => [name, mostMb])),
  }
  console.log(JSON.stringify({ ...figures(), seed: Number(values.seed), ...verdict(facts).figures }))
  const { checks } = verdict(facts)
  for (const { ok, text } of checks) console.log(`${ok ? 'ok    ' : 'FAIL  '}${text}`)
  const failed = checks.filter(({ ok }) => !ok).length
  console.log(`${checks.length - failed} passed, ${failed} failed`)
  process.exitCode = failed === 0 ? 0 : 1
} finally {
  stop.abort()
  await browser.close().catch(() => undefined) // it may have been killed a moment ago
  await bus.close()
  for (const each of kept.toReversed()) await each.stop()
  if (values.keep) console.log(dir.path)
  else await dir.close()
}

function* killOrder(): Generator<'service' | 'broker' | 'browser', never> {
  for (;;) {
    const round = ['service', 'broker', 'browser'] as const
    yield* round.toSorted(() => numbers.unit() - 0.5)
  }
}

async function killNext(what: 'service' | 'broker' | 'browser'): Promise<void> {
  if (what === 'service') await service.kill()
  if (what === 'broker') await broker.kill()
  if (what === 'browser') {
    await browser.kill()
    await browser.open().catch(problem)
  }
  await pageShowsTheJob(`after the ${what} was killed`)
}

/** The page shows a count that is one of the job that runs, to the event, and then another one. */
async function pageShowsTheJob(when: string): Promise<void> {
  const seen = new Set<number>()
  pageChecks += 1
  const isLast = when === 'at the end'
  await until(`the page shows counts of the job ${when}`, 60, async () => {
    look()
    const shown = await browser.shownCounts().catch(() => null)
    if (shown !== null && audit.newest()?.totals.has(shown) === true) seen.add(shown)
    return seen.size >= (isLast ? 1 : 2)
  }).catch(problem)
}

function problem(error: unknown): void {
  const text = error instanceof Error ? error.message : String(error)
  problems.push(text)
  console.error(text)
}

function look(): void {
  audit.check()
  for (const each of kept) each.residentMb()
  largestDiskMb = Math.max(largestDiskMb, Math.round(folderBytes(dir.path) / 1_048_576))
}

function folderBytes(path: string): number {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, size) => sum + size, 0)
}

function figures(): Record<string, unknown> {
  return {
    kills: { service: service.kills, broker: broker.kills, browser: browser.kills },
    jobs: audit.generations.length,
    results: audit.lagsMs.length,
    rssMb: Object.fromEntries(kept.map((each) => [each.name, each.residentMb()])),
    lagMsMedian: quantile(audit.lagsMs, 0.5),
    wrong: audit.problems.length,
    problems: problems.length,
    diskMb: largestDiskMb,
  }
}

async function until(what: string, seconds: number, isSo: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + seconds * 1_000
  while (!(await isSo().catch(() => false))) {
    if (performance.now() > endMs) throw new Error(`${what}: not within ${seconds} s`)
    await sleep(250)
  }
}
