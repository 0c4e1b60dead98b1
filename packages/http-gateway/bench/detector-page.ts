// The Detectors page in a real Chromium before a detector of 2016 x 2016 pixels at 30 images a second: images shown a second, how old
// they are when they are drawn, and processor time of the page's main thread. Arguments: side in pixels, images a second.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { chromium, type Page } from 'playwright-core'
import { startFixture, testKey } from '../test/gateway-fixture.ts'

const [side = '2016', rateHz = '30'] = process.argv.slice(2)
const seconds = Number(process.env['BENCH_SECONDS'] ?? 10)
const detector = spawn(
  process.execPath,
  [join(import.meta.dirname, 'image-detector.part.ts'), side, rateHz],
  { stdio: ['ignore', 'pipe', 'inherit'] },
)
const [port] = (await once(detector.stdout, 'data')) as [Buffer]
const url = `http://127.0.0.1:${port.toString().trim()}`
const gateway = await startFixture({
  config: {
    detectors: [{ id: 'eiger', url, isSimulated: false }],
    webRoot: join(import.meta.dirname, '../../../apps/control-room/dist'),
  },
})
const browser = await chromium.launch({
  executablePath: process.env['BEAMTIME_CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
})
try {
  const page = await browser.newPage({ viewport: { width: 1_600, height: 1_000 } })
  await page.goto(`${gateway.url}/login`)
  await page.evaluate(async (api_key) => {
    const body = JSON.stringify({ api_key })
    await fetch('/api/ui/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  }, testKey)
  await page.goto(`${gateway.url}/detectors/eiger`)
  await page.locator('.image-canvas').waitFor()
  await sleep(3_000)
  await measure(page, 'fit')
  await page.keyboard.press('1')
  await sleep(1_000)
  await measure(page, 'one to one')
} finally {
  await browser.close()
  await gateway.close()
  detector.kill()
}

async function measure(page: Page, what: string): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const metrics = async (): Promise<Map<string, number>> =>
    new Map((await session.send('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value]))
  const worker = page.workers().find((one) => one.url().includes('image-worker'))
  if (worker === undefined) throw new Error('the page draws without a worker')
  await worker.evaluate(watchFrames)
  const before = await metrics()
  const cpuBefore = process.cpuUsage()
  await sleep(seconds * 1_000)
  const after = await metrics()
  const { user, system } = process.cpuUsage(cpuBefore)
  const ages = (await worker.evaluate(() => (globalThis as unknown as { ages: number[] }).ages)).toSorted(
    (a, b) => a - b,
  )
  const perFrame = (name: string): number =>
    Number(((((after.get(name) ?? 0) - (before.get(name) ?? 0)) * 1_000) / ages.length).toFixed(2))
  console.log(
    JSON.stringify({
      name: 'http-gateway/detector-page',
      of: what,
      side: Number(side),
      rateHz: Number(rateHz),
      shownPerSecond: Number((ages.length / seconds).toFixed(1)),
      ageMsMedian: Math.round(ages[ages.length >> 1] ?? 0),
      ageMs95: Math.round(ages[Math.floor(ages.length * 0.95)] ?? 0),
      mainThreadMsPerFrame: perFrame('TaskDuration'),
      scriptMsPerFrame: perFrame('ScriptDuration'),
      gatewayMsPerFrame: Number(((user + system) / 1_000 / ages.length).toFixed(1)),
      load: loadavg()[0],
      node: process.version,
      cpu: `${cpus().length} x ${cpus()[0]?.model ?? ''}`,
    }),
  )
}

/** Runs in the worker that draws: notes how old each image is when it has been drawn. */
function watchFrames(): void {
  const ages: number[] = []
  Object.assign(globalThis, { ages })
  const scope = globalThis as unknown as { postMessage(message: unknown): void }
  const post = scope.postMessage.bind(scope)
  scope.postMessage = (message) => {
    const { kind, frame } = message as { kind: string; frame?: { sendTimeMs: number } }
    if (kind === 'frame' && frame !== undefined) ages.push(Date.now() - frame.sendTimeMs)
    post(message)
  }
}
