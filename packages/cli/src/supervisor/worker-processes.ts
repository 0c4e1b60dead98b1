import { readdirSync, readFileSync } from 'node:fs'
import { supervisorMark } from './leftover-processes.ts'

export interface WorkerProcess {
  readonly queue: string
  readonly pid: number
}

/** Worker hosts below a supervisor, by their titles (`beamtime worker@main`) and its mark in their environment. Linux only; elsewhere none. */
export function workerProcesses(supervisorPid: number): readonly WorkerProcess[] {
  const found: WorkerProcess[] = []
  for (const name of processNames()) {
    const queue = /^beamtime worker@([\w-]+)/.exec(textOf(`/proc/${name}/cmdline`))?.[1]
    if (queue === undefined) continue
    const environment = textOf(`/proc/${name}/environ`).split('\0')
    if (environment.includes(`${supervisorMark}=${supervisorPid}`)) found.push({ queue, pid: Number(name) })
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

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // it has ended
  }
}
