import type { DetectorConfig } from '../core/detector-config.ts'
import type { ModelOptions } from '../core/detector-model.ts'
import type { ImagePart, ImageParts } from '../core/image-parts.ts'
import type { StatusEnum } from '../core/image-metadata.ts'
import type { LiveFormat, LiveSelection } from '../core/live-selection.ts'
import type { PixelRules } from '../pixels/frame-converter.ts'
import type { SharedMemory } from '../ring/shared-state.ts'
import type { RunEvent, RunOrder } from './run-dispatcher.ts'

/** What the image thread is given. */
export interface ImageData {
  readonly shared: SharedMemory
  readonly config: DetectorConfig
  readonly modelOptions: ModelOptions
  readonly rules: PixelRules
  readonly queueSize: number
  readonly syncTimeoutMs: number
  readonly publishIncomplete: boolean
  readonly resetWindow: number
  readonly turnMs: number
  readonly doNotStoreBit: number
  readonly statusEnum: StatusEnum
  /** ZMQ address of the metadata stream; absent = none. */
  readonly metadataAddress?: string
  readonly liveStreams: readonly {
    readonly address: string
    readonly selection: LiveSelection
    readonly format: LiveFormat
  }[]
  readonly pedestalFile: string
  readonly gainFile: string
  readonly extraHeader: boolean
  /** Streams of parts to another host. */
  readonly senders: readonly { readonly address: string; readonly part: ImagePart; readonly every: number }[]
  /** Images come in parts from another host. */
  readonly forwarded?: ImageParts
  /** Mirror of the ring for other programs. */
  readonly mirror: {
    readonly mode: 'off' | 'on-demand' | 'always'
    readonly path: string
    readonly slots: number
  }
  readonly unlinkMirror: boolean
}

export type ImageCommand =
  | { readonly kind: 'begin'; readonly order: RunOrder }
  | { readonly kind: 'allow'; readonly images: number }
  | { readonly kind: 'end' }
  | { readonly kind: 'exit' }

export type ImageMessage =
  | {
      readonly kind: 'ready'
      readonly liveEndpoints: readonly string[]
      readonly sendEndpoints: readonly string[]
    }
  | { readonly kind: 'unready'; readonly address: string; readonly message: string }
  | { readonly kind: 'mirror-failed'; readonly message: string }
  | { readonly kind: 'stopped' }
  | RunEvent
