/** What a supervisor does after a service has ended by itself. */
export type RestartDecision =
  | { readonly kind: 'restart'; readonly delayMs: number; readonly attempt: number }
  | { readonly kind: 'give-up'; readonly reason: 'configuration' }

export interface ExitReport {
  /** Null when a signal ended it. */
  readonly exitCode: number | null
  readonly livedMs: number
  /** Restarts since it last lived long, this one not counted. */
  readonly attempt: number
}

export interface RestartPolicy {
  /** Delay before the first restart. */
  readonly firstDelayMs: number
  readonly minDelayMs: number
  readonly maxDelayMs: number
  /** A life of this length starts the count anew. */
  readonly resetAfterMs: number
}

export const defaultRestartPolicy: RestartPolicy = {
  firstDelayMs: 250,
  minDelayMs: 250,
  maxDelayMs: 30_000,
  resetAfterMs: 60_000,
}

/** A queue manager is back at once after its first death: its worker goes on meanwhile. */
export const immediateRestartPolicy: RestartPolicy = { ...defaultRestartPolicy, firstDelayMs: 0 }

const configurationExit = 78

/** The delay doubles from restart to restart; a wrong configuration does not heal by restarting. */
export function decideRestart(exit: ExitReport, policy: RestartPolicy): RestartDecision {
  if (exit.exitCode === configurationExit) return { kind: 'give-up', reason: 'configuration' }
  const attempt = exit.livedMs >= policy.resetAfterMs ? 0 : exit.attempt
  const delayMs =
    attempt === 0
      ? policy.firstDelayMs
      : Math.min(policy.maxDelayMs, policy.minDelayMs * 2 ** Math.min(attempt, 20))
  return { kind: 'restart', delayMs, attempt: attempt + 1 }
}
