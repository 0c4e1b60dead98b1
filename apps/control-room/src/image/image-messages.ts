import type { ImageView } from '@beamtime/http-gateway/ui-types'
import type { ImageFrame } from '../net/frame-codec.ts'

/* What a page and the worker that draws its image tell each other. */

export type ToImageWorker =
  | { readonly kind: 'start'; readonly canvas: OffscreenCanvas; readonly url: string }
  /** Null: no images until there is a view again. */
  | { readonly kind: 'view'; readonly view: ImageView | null }
  /** 256 opaque ABGR words: what each colour index looks like. */
  | { readonly kind: 'colours'; readonly table: Uint32Array }

/** Everything of a frame but its pixels, which are drawn already. */
export type DrawnFrame = Omit<ImageFrame, 'index' | 'kind'>

export type FromImageWorker =
  | { readonly kind: 'frame'; readonly frame: DrawnFrame }
  | { readonly kind: 'error'; readonly text: string }
  | { readonly kind: 'connection'; readonly isOpen: boolean }
