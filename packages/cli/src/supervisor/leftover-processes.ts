import { readdirSync, readFileSync } from 'node:fs'

/** Mark in the environment of every process below a supervisor, by which what is left of it is found. */
export const supervisorMark = 'BEAMTIME_SUPERVISOR_PID'

/** Processes of this user whose environment holds `NAME=value`, this one left out. Linux only; elsewhere none. */
export function leftoverProcesses(mark: string): readonly number[] {
  const found: number[] = []
  for (const name of listProcesses()) {
    const pid = Number(name)
    if (!Number.isInteger(pid) || pid === process.pid) continue
    try {
      if (readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(mark)) found.push(pid)
    } catch {
      // Another user's, or it has ended.
    }
  }
  return found
}

function listProcesses(): readonly string[] {
  try {
    return readdirSync('/proc')
  } catch {
    return [] // no /proc on this system
  }
}
