import { open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { BrokerError } from '../error.ts'

export interface DataLock {
  release(): Promise<void>
}

/** Makes sure that one broker at a time writes to a data directory. Rejects with BROKER_DATA_LOCKED naming the other's pid. */
export async function lockDataDirectory(directory: string): Promise<DataLock> {
  const path = join(directory, 'lock')
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const file = await open(path, 'wx')
      await file.writeFile(JSON.stringify({ pid: process.pid, started: await startOf(process.pid) }))
      await file.close()
      return { release: () => rm(path, { force: true }) }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const holder = await readHolder(path)
    if (holder !== null && (await isAlive(holder))) {
      throw new BrokerError({
        code: 'BROKER_DATA_LOCKED',
        message: `the broker with pid ${holder.pid} works on ${directory}`,
        fault: 'environment',
        canRetry: true,
        remedy: `Stop the process ${holder.pid}, or choose another data directory (--data or paths.data).`,
      })
    }
    await rm(path, { force: true }) // its process is gone
  }
  throw new BrokerError({
    code: 'BROKER_DATA_LOCKED',
    message: `${path} was taken by another broker just now`,
    fault: 'environment',
    canRetry: true,
    remedy: 'Start one broker per data directory.',
  })
}

interface Holder {
  readonly pid: number
  /** Start of the process in clock ticks since boot, so that a pid in use again is not taken for it; null where unknown. */
  readonly started: string | null
}

async function readHolder(path: string): Promise<Holder | null> {
  try {
    const { pid, started } = JSON.parse(await readFile(path, 'utf8')) as Partial<Holder>
    return typeof pid === 'number' ? { pid, started: started ?? null } : null
  } catch {
    return null // a torn lock file belongs to nobody
  }
}

async function isAlive(holder: Holder): Promise<boolean> {
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  return holder.started === null || (await startOf(holder.pid)) === holder.started
}

/** Field 22 of /proc/<pid>/stat; null on systems without it. */
async function startOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
}
