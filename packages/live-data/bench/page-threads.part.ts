/* What the threads of a page's process did, by their processor time: the main thread apart from workers, compositor and raster. */
import { readdirSync, readFileSync } from 'node:fs'
import type { Browser } from 'playwright-core'

/** Processor time of the threads of a browser, ns, by process and thread. */
export type ThreadTimes = ReadonlyMap<string, number>

const parts: readonly (readonly [string, RegExp])[] = [
  ['page main', /^renderer main$/],
  ['page workers', /^renderer DedicatedWorker/],
  ['page compositor', /^renderer Compositor$/],
  ['page raster', /^renderer (CompositorTile|ThreadPool)/],
  ['page other', /^renderer /],
  ['display', /^GPU /],
  ['browser', /^browser /],
]

export async function threadTimes(browser: Browser): Promise<ThreadTimes> {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  const times = new Map<string, number>()
  for (const { type, id } of processInfo)
    for (const [name, ns] of timesOfProcess(id))
      times.set(`${type} ${name}`, (times.get(`${type} ${name}`) ?? 0) + ns)
  return times
}

function timesOfProcess(pid: number): readonly (readonly [string, number])[] {
  const folder = `/proc/${pid}/task`
  return readdirSync(folder).map((tid) => {
    const name = Number(tid) === pid ? 'main' : readFileSync(`${folder}/${tid}/comm`, 'utf8').trim()
    return [name, Number(readFileSync(`${folder}/${tid}/schedstat`, 'utf8').split(' ')[0])] as const
  })
}

/** Between two readings, ms an update, by what the threads are for. */
export function threadsBetween(
  before: ThreadTimes,
  after: ThreadTimes,
  updates: number,
): Record<string, number> {
  const sums = new Map<string, number>()
  for (const [name, ns] of after) {
    const part = parts.find(([, pattern]) => pattern.test(name))?.[0]
    if (part === undefined) continue
    sums.set(part, (sums.get(part) ?? 0) + (ns - (before.get(name) ?? 0)) / 1e6 / updates)
  }
  return Object.fromEntries([...sums].map(([part, ms]) => [part, Number(ms.toPrecision(3))]))
}
