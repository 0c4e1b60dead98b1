import type { QueueEvent, QueueSnap } from '@beamtime/http-gateway/ui-types'
import { createStore, type StoreApi } from 'zustand/vanilla'
import { applyQueueEvent, emptyQueue, inOrder, queueFromSnap, type QueueState } from './queue-state.ts'

export interface QueueView extends QueueState {
  /** Changes by others that wait until the drag ends. */
  readonly heldChanges: number
}

export interface QueueStore {
  readonly store: StoreApi<QueueView>
  applySnap(snap: QueueSnap): void
  applyEvent(event: QueueEvent): void
  /** Until `release`, what arrives is kept back so that no row moves under the pointer. */
  hold(): void
  release(): void
  /** Shows this order at once, until the server's own comes or `dropOrder` is called. */
  showOrder(order: readonly string[]): void
  dropOrder(): void
}

export function createQueueStore(): QueueStore {
  const store = createStore<QueueView>(() => ({ ...emptyQueue, heldChanges: 0 }))
  let truth: QueueState = emptyQueue
  let pendingOrder: readonly string[] | undefined
  let isHeld = false
  let held = 0

  function publish(): void {
    if (isHeld) return store.setState({ heldChanges: held })
    const items = pendingOrder === undefined ? truth.items : inOrder(truth.items, pendingOrder)
    store.setState({ ...truth, items, heldChanges: 0 })
  }

  return {
    store,
    applySnap(snap) {
      truth = queueFromSnap(snap)
      pendingOrder = undefined
      if (isHeld) held += 1
      publish()
    },
    applyEvent(event) {
      truth = applyQueueEvent(truth, event)
      if (event.op === 'move') pendingOrder = undefined
      if (isHeld) held += 1
      publish()
    },
    hold() {
      isHeld = true
      held = 0
    },
    release() {
      isHeld = false
      publish()
    },
    showOrder(order) {
      pendingOrder = order
      publish()
    },
    dropOrder() {
      pendingOrder = undefined
      publish()
    },
  }
}
