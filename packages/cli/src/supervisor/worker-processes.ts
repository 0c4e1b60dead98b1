import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface WorkerProcess {
  readonly queue: string
  readonly pid: number
}

/** Worker hosts of this data directory, found by the spec file on their command line. Linux only; elsewhere none. */
export function workerProcesses(dataDir: string): readonly WorkerProcess[] {
  const prefix = join(dataDir, 'state', 'worker-')
  const found: WorkerProcess[] = []
  for (const name of processNames()) {
    const spec = commandLine(name).find((word) => word.startsWith(prefix) && word.endsWith('.json'))
    if (spec !== undefined)
      found.push({ queue: spec.slice(prefix.length, -'.json'.length), pid: Number(name) })
  }
  return found
}

function processNames(): readonly string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  } catch {
    return [] // no /proc on this system
  }
}

function commandLine(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return [] // it has ended
  }
}
