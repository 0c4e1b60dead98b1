import type { StoreChange, StoredState } from './core/store-change.ts'

/** Where queue, history and modes are kept. A second implementation stands on Redis. */
export interface QueueStore {
  load(): StoredState | Promise<StoredState>
  /** Makes the changes durable, all or none, before it returns or resolves. */
  apply(changes: readonly StoreChange[]): void | Promise<void>
  close(): void | Promise<void>
}
