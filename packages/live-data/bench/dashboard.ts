/* The dashboard in a real Chromium, on the whole platform with its simulated instrument: how long a result takes from the
 * moment the service wrote it to the frame that shows it, for one picture and for a grid of 24 cells, and what an update of
 * the 24 cells takes of the page's main thread (script, style, layout, paint, commit) and, apart from it, of the other threads
 * of the browser. All by processor time. Targets: 100 ms, 16 ms (esslivedata: 82 to 134 ms for 12 cells). */
import { execSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { openBus } from '@beamtime/bus'
import { chromium, type Page } from 'playwright-core'
import { idle, Platform } from '../../../test/platform/platform.ts'
import type { LiveCell, LiveGrid } from '../src/ui-types.ts'
import { ResultNames } from '../src/view/result-key.ts'
import { traceMainThread } from './main-thread-trace.part.ts'
import { threadsBetween, threadTimes } from './page-threads.part.ts'

const seconds = Number(process.env['BENCH_SECONDS'] ?? 40)
const picture = 'dummy/panel_0_xy/1/panel_0/cumulative'
const here = import.meta.dirname
const commit = execSync('git rev-parse --short HEAD', { encoding: 'utf8', cwd: here }).trim()
const place = { commit, node: process.version, cpu: `${cpus().length} x ${cpus()[0]?.model ?? ''}` }
const platform = await Platform.start(`
[livedata.dummy]
together = true
dev = true
auto_start = true
fakes = ["monitors", "detectors", "logdata"]
dashboards = { monitors = "", detectors = "", reduction = "" }
`)
const browser = await chromium.launch({
  executablePath: process.env['BEAMTIME_CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
})
const bus = openBus({ bootstrapServers: [platform.kafka], clientId: 'bench' })
const stop = new AbortController()
/** When results of the picture were written, Unix ms. */
const written: number[] = []

try {
  await idle(platform)
  const key = readFileSync((await platform.status()).key_file, 'utf8').trim()
  const names = new ResultNames()
  void bus.tail({
    topic: 'dummy_livedata_data',
    from: 'latest',
    signal: stop.signal,
    onRecords: (records) => {
      for (const { value, timestampMs } of records)
        if (value !== null && names.of(value)?.key === picture) written.push(timestampMs)
    },
  })
  await saveGrid(key, grid24())
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } })
  await page.goto(`${platform.url}/login`)
  await page.evaluate(async (api_key) => {
    const body = JSON.stringify({ api_key })
    await fetch('/api/ui/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  }, key)
  await measure(page, { path: '/data', what: 'overview', cells: 0 })
  await measure(page, { path: '/data/dummy?tab=grid:24', what: '24 cells', cells: 24 })
} finally {
  stop.abort()
  await bus.close()
  await browser.close()
  await platform.dispose()
}

async function measure(page: Page, of: { path: string; what: string; cells: number }): Promise<void> {
  await page.goto(platform.url + of.path)
  await page
    .locator('.output-cell canvas')
    .nth(Math.max(3, of.cells - 1))
    .waitFor({ timeout: 60_000 })
  await sleep(5_000)
  const session = await page.context().newCDPSession(page)
  // Time that the thread really ran, so that what else the machine does is not in it.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const metrics = async (): Promise<Map<string, number>> =>
    new Map((await session.send('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value]))
  const [worker] = page.workers()
  if (worker === undefined) throw new Error('the page draws without a worker')
  await worker.evaluate(watchDrawings, picture)
  await page.evaluate(watchTasks)
  written.length = 0
  const threadsBefore = await threadTimes(browser)
  const before = await metrics()
  await sleep(seconds * 1_000)
  const after = await metrics()
  const threads = threadsBetween(threadsBefore, await threadTimes(browser), written.length)
  const drawnMs = await worker.evaluate(() => (globalThis as unknown as Watched).drawnMs)
  const longMs = await page.evaluate(() => (globalThis as unknown as Watched).longMs)
  const spent = (name: string): number => ((after.get(name) ?? 0) - (before.get(name) ?? 0)) * 1_000
  const perUpdate = (name: string): number => Number((spent(name) / written.length).toPrecision(3))
  const latencies = latenciesOf(written, drawnMs)
  console.log(
    JSON.stringify({
      name: 'live-data/dashboard',
      of: of.what,
      cells: await page.locator('.output-cell').count(),
      updates: written.length,
      shown: latencies.length,
      dataToPixelMsMedian: quantile(latencies, 0.5),
      dataToPixelMs95: quantile(latencies, 0.95),
      dataToPixelMsWorst: quantile(latencies, 1),
      mainThreadMsPerUpdate: perUpdate('TaskDuration'),
      scriptMsPerUpdate: perUpdate('ScriptDuration'),
      layoutMsPerUpdate: Number(
        (perUpdate('LayoutDuration') + perUpdate('RecalcStyleDuration')).toPrecision(3),
      ),
      threadsMsPerUpdate: threads,
      mainThreadTraceMsPerSecond: await traceMainThread(session, 10),
      longestTaskMs: Math.round(Math.max(0, ...longMs)),
      heapMb: Math.round((after.get('JSHeapUsedSize') ?? 0) / 1_048_576),
      load: loadavg()[0],
      ...place,
    }),
  )
}

interface Watched {
  /** Unix ms of the frame after each drawing of the picture. */
  drawnMs: number[]
  longMs: number[]
}

/** Runs in the worker that draws: notes the frame in which an output was drawn. */
function watchDrawings(key: string): void {
  const drawnMs: number[] = []
  Object.assign(globalThis, { drawnMs })
  new PerformanceObserver((list) => {
    if (!list.getEntries().some(({ name }) => name === `drawn ${key}`)) return
    requestAnimationFrame(() => drawnMs.push(performance.timeOrigin + performance.now()))
  }).observe({ entryTypes: ['mark'] })
}

/** Runs in the page: notes tasks longer than 50 ms. */
function watchTasks(): void {
  const longMs: number[] = []
  Object.assign(globalThis, { longMs })
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longMs.push(duration)
  }).observe({ entryTypes: ['longtask'] })
}

/** From each result to the first frame after it that was drawn before the next one. */
function latenciesOf(results: readonly number[], drawnMs: readonly number[]): readonly number[] {
  return results.flatMap((atMs, index) => {
    const nextMs = results[index + 1] ?? Number.POSITIVE_INFINITY
    const drawn = drawnMs.find((ms) => ms >= atMs && ms < nextMs)
    return drawn === undefined ? [] : [drawn - atMs]
  })
}

function quantile(samples: readonly number[], fraction: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? 0)
}

/** 4 x 6 cells: pictures, curves with errors, numbers over time. */
function grid24(): LiveGrid {
  const shown: readonly (readonly [string, string, string])[] = [
    ['panel_0_xy', 'panel_0', 'cumulative'],
    ['panel_0_xy', 'panel_0', 'current'],
    ['panel_0_layers', 'panel_0', 'cumulative'],
    ['monitor_histogram', 'monitor1', 'cumulative'],
    ['monitor_histogram', 'monitor2', 'cumulative'],
    ['monitor_histogram', 'monitor1', 'current'],
    ['panel_0_xy', 'panel_0', 'counts_total'],
    ['monitor_histogram', 'monitor2', 'counts_total'],
  ]
  const cells = Array.from({ length: 24 }, (_, index): LiveCell => {
    const [workflow, source, view_name] = shown[index % shown.length] ?? ['', '', '']
    const primary = { workflow_id: `dummy/${workflow}/1`, source_names: [source], view_name }
    return {
      geometry: { row: Math.floor(index / 6), col: index % 6, row_span: 1, col_span: 1 },
      layers: [{ data_sources: { primary }, plot_name: 'image', params: {} }],
    }
  })
  return { title: '24', nrows: 4, ncols: 6, enabled: true, cells }
}

async function saveGrid(key: string, grid: LiveGrid): Promise<void> {
  const answer = await fetch(`${platform.url}/api/livedata/dummy/grids`, {
    method: 'PUT',
    headers: { Authorization: `ApiKey ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ grids: [grid] }),
  })
  if (!answer.ok) throw new Error(await answer.text())
}
