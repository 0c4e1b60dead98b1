import type { SuspendRequest } from '../engine/core.ts'

/** Watches something and suspends the running plan while it is not as it should be. */
export interface Suspender {
  /** Begins to watch; the function asks the engine to suspend. */
  install(requestSuspend: (request: SuspendRequest) => void): void
  /** Stops watching and lets a waiting plan go on. */
  remove(): void
  /** True while the plan may not run. */
  isTripped(): boolean
  /** Resolves when the plan may run again. */
  released(): Promise<void>
  /** Why, for people; stored as the interruption. */
  justification(): string
}

export function isSuspender(value: unknown): value is Suspender {
  return (
    typeof value === 'object' &&
    value !== null &&
    'install' in value &&
    'remove' in value &&
    'isTripped' in value &&
    'released' in value
  )
}
