import { readFileSync } from 'node:fs'

/** False when the process is gone, or has ended and only waits for its parent to notice. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  try {
    // Linux: pid (name) state ...; a process that was left to an idle init stays there as a zombie.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2))
  } catch {
    return true // no such file system
  }
}
