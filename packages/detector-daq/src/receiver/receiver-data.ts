import type { MessagePort } from 'node:worker_threads'
import type { DetectorConfig } from '../core/detector-config.ts'
import type { ModelOptions } from '../core/detector-model.ts'
import type { PixelRules } from '../pixels/frame-converter.ts'
import type { SharedMemory } from '../ring/shared-state.ts'

/** What a receiver thread is given. */
export interface ReceiverData {
  readonly shared: SharedMemory
  readonly config: DetectorConfig
  readonly modelOptions: ModelOptions
  readonly receiver: number
  readonly rules: PixelRules
  readonly openFrames: number
  readonly frameTimeoutMs: number
  readonly resetWindow: number
  readonly host: string
  readonly udpPorts: readonly number[]
  readonly bufferBytes: number
  /** Absent: Node's own sockets. */
  readonly addonPath?: string
  /** Anything that arrives here ends the thread. */
  readonly control: MessagePort
}

export type ReceiverMessage =
  | { readonly kind: 'ready'; readonly ports: readonly number[]; readonly bufferBytes: number }
  | { readonly kind: 'failed'; readonly port: number; readonly code: string; readonly message: string }
  | { readonly kind: 'stopped' }
