import type { MessagePort } from 'node:worker_threads'
import type { SharedMemory } from '../ring/shared-state.ts'
import type { RunFileSpec } from './run-file.ts'

/** What a writer thread is given. */
export interface WriterData {
  readonly shared: SharedMemory
  readonly writer: number
  readonly imageBytes: number
  /** Commands; ring the writer's bell after posting. */
  readonly control: MessagePort
}

export type WriterCommand =
  | { readonly kind: 'create'; readonly run: number; readonly spec: RunFileSpec }
  /** Takes back a file into which nothing was written. */
  | { readonly kind: 'discard'; readonly run: number }
  | { readonly kind: 'exit' }

export type WriterMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'created'; readonly run: number; readonly path: string }
  /** The run cannot go on; `closed` follows when the end of the run arrives (or did). */
  | { readonly kind: 'failed'; readonly run: number; readonly reason: string }
  | { readonly kind: 'closed'; readonly run: number; readonly images: number; readonly path: string }
