/** Nobody is answered any more: says so with everything that tells why, while the processes are still as they are. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { threadsOf } from './processes.ts'
import type { SoakState } from './soak-state.ts'

/** A start after all processes were killed takes some seconds on a loaded machine. */
const patienceMs = 30_000
const lookMs = 500
const tailLines = 25

/** Resolves with the report when nothing was answered for so long, with null when the soak is over. */
export async function watchForOutage(soak: SoakState, signal: AbortSignal): Promise<string | null> {
  let seen = soak.book.answers
  let sinceMs = performance.now()
  while (!signal.aborted) {
    await sleep(lookMs)
    if (soak.book.answers !== seen) {
      seen = soak.book.answers
      sinceMs = performance.now()
    } else if (performance.now() - sinceMs > patienceMs) {
      return outageReport(soak, `nothing was answered for ${patienceMs / 1000} s`)
    }
  }
  return null
}

/** What the processes are at, who has the ports, and the last lines of each log. */
export function outageReport({ family, kills, book }: SoakState, why: string): string {
  const { folder } = family
  const log = (name: string): readonly string[] => [`-- ${name}`, ...tail(join(folder, name))]
  return [
    `OUTAGE: ${why}`,
    `kills so far: ${JSON.stringify(kills)}; requests without an answer: ${book.unanswered.join(', ')}`,
    family.hasEnded
      ? `start-re-manager has ended with code ${family.exitCode}`
      : `start-re-manager lives; its manager is process ${family.managerPid ?? 'none'}`,
    '-- processes: each thread with its state, system call and where it waits',
    ...family.alive.flatMap(({ pid, command }) => [`${pid} ${command}`, ...threadsOf(pid)]),
    `-- sockets of ${family.control} and ${family.info}`,
    ...[family.control, family.info].flatMap((address) => socketsOf(Number(address.split(':').at(-1)))),
    ...log('output.log'),
    ...log('data/logs/re-manager.log'),
    ...log('data/logs/worker-main.log'),
  ].join('\n')
}

function tail(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-tailLines)
  } catch {
    return ['(none)']
  }
}

/** Rows of /proc/net/tcp: local and remote address, state (0A listens, 01 is connected), bytes that wait. */
function socketsOf(port: number): readonly string[] {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .filter((line) => line.includes(wanted))
    .map((line) => line.trim().split(/\s+/).slice(1, 5).join(' '))
    .slice(0, tailLines)
}
