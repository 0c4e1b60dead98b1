import { readFileSync } from 'node:fs'

/** Who writes a spool folder. A pid alone is not enough: pids are used again. */
export interface SpoolOwner {
  readonly pid: number
  /** Start time of the process in clock ticks since boot, null where /proc is missing. */
  readonly startTicks: string | null
  /** Null where /proc is missing. */
  readonly bootId: string | null
}

export function thisProcess(): SpoolOwner {
  return { pid: process.pid, startTicks: startTicksOf(process.pid), bootId: bootId() }
}

/** True while the process that wrote `owner` runs. */
export function ownerIsAlive(owner: SpoolOwner): boolean {
  if (!processIsAlive(owner.pid)) return false
  if (owner.bootId !== null && owner.bootId !== bootId()) return false
  const ticks = startTicksOf(owner.pid)
  return owner.startTicks === null || ticks === null || ticks === owner.startTicks
}

export function processIsAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
  return stateOf(pid) !== 'Z'
}

/** Start time of a process, null when it or /proc is not there. */
export function startTicksOf(pid: number): string | null {
  return statFields(pid)?.[19] ?? null
}

function stateOf(pid: number): string | null {
  return statFields(pid)?.[0] ?? null
}

// Fields of /proc/PID/stat behind the command name, which may itself hold blanks and brackets: proc(5), field 3 first.
function statFields(pid: number): string[] | null {
  const text = readText(`/proc/${pid}/stat`)
  return text === null ? null : text.slice(text.lastIndexOf(')') + 2).split(' ')
}

function bootId(): string | null {
  return readText('/proc/sys/kernel/random/boot_id')?.trim() ?? null
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null // no /proc on this system, or the process has just gone
  }
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}
