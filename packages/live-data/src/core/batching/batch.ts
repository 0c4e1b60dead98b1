import type { StreamMessage } from '../stream-message.ts'

/** Times of data that belong together: [startNs, endNs). */
export interface Batch {
  readonly startNs: bigint
  readonly endNs: bigint
}

/** What a batcher says, in the order in which it has to be done. */
export type BatchAction =
  /** The message belongs to the window that is open. */
  | { readonly kind: 'deliver'; readonly message: StreamMessage }
  /** The window is complete. */
  | { readonly kind: 'close'; readonly batch: Batch }

/** Cuts messages into windows by the times of the data. Wall time comes with the calls. */
export interface Batcher {
  add(messages: readonly StreamMessage[], nowMs: number): readonly BatchAction[]
  tick(nowMs: number): readonly BatchAction[]
  /** Length of the next window, in s. */
  intervalS(): number
  /** What it took to process the last window. */
  processed(elapsedMs: number): void
}
