import type { ResultMessage } from '../core/jobs/result-message.ts'

/** Where results go. `accept` returns at once; what cannot be taken is dropped and counted. */
export interface ResultSink {
  accept(message: ResultMessage): void
  dropped(): number
  close(): Promise<void>
}
