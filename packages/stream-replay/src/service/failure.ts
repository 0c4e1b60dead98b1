import type { Failure } from './control-messages.ts'

/** An error as it is told to others. */
export function failureOf(error: unknown): Failure {
  const { code, message, remedy } = error as { code?: unknown; message?: unknown; remedy?: unknown }
  return {
    code: typeof code === 'string' ? code : 'REPLAY_INCOMPLETE',
    message: typeof message === 'string' ? message : String(error),
    remedy: typeof remedy === 'string' ? remedy : '',
  }
}
