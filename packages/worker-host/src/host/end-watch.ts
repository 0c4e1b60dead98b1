import { processIsAlive, startTicksOf } from '../spool/spool-owner.ts'

export interface EndWatch {
  /** Resolves with the reason when the process is told to end, or when its supervisor is gone. */
  readonly requested: Promise<string>
  close(): void
}

/** SIGTERM, SIGINT (the second ends at once), and the death of the supervisor, looked at each second. */
export function watchForEnd(options: {
  readonly supervisorPid: number | null
  readonly everyMs?: number
}): EndWatch {
  const { supervisorPid } = options
  const startedAt = supervisorPid === null ? null : startTicksOf(supervisorPid)
  let request: (reason: string) => void = () => undefined
  const requested = new Promise<string>((resolve) => {
    request = resolve
  })
  let interrupts = 0
  const onTerm = (): void => request('SIGTERM')
  const onInterrupt = (): void => {
    interrupts += 1
    if (interrupts > 1) process.exit(1)
    request('SIGINT')
  }
  process.on('SIGTERM', onTerm)
  process.on('SIGINT', onInterrupt)

  const isGone = (): boolean => {
    if (supervisorPid === null) return false
    if (!processIsAlive(supervisorPid)) return true
    return startedAt !== null && startTicksOf(supervisorPid) !== startedAt
  }
  const timer = setInterval(() => {
    if (isGone()) request('supervisor gone')
  }, options.everyMs ?? 1000)

  return {
    requested,
    close() {
      clearInterval(timer)
      process.removeListener('SIGTERM', onTerm)
      process.removeListener('SIGINT', onInterrupt)
    },
  }
}
