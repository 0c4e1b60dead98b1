import type { ImageView } from '@beamtime/http-gateway/ui-types'
import type { ImageFrame } from '../net/frame-codec.ts'
import type { LineProfile } from './image-details.ts'
import type { PicturePlace } from './orientation.ts'

/* What a page and the worker that draws its image tell each other. */

/** Where pixel values are written over the picture; `ratio` is device pixels a CSS pixel. */
export interface ValuesPlace extends PicturePlace {
  readonly ratio: number
}

export type ToImageWorker =
  | {
      readonly kind: 'start'
      readonly canvas: OffscreenCanvas
      /** Over it, for the values of pixels. */
      readonly values: OffscreenCanvas
      readonly url: string
    }
  /** Null: no images until there is a view again. */
  | { readonly kind: 'view'; readonly view: ImageView | null }
  /** 256 opaque ABGR words: what each colour index looks like. */
  | { readonly kind: 'colours'; readonly table: Uint32Array }
  /** Null: no values are written. */
  | { readonly kind: 'values'; readonly place: ValuesPlace | null }

/** Everything of a frame but its pixels, which are drawn already. */
export type DrawnFrame = Omit<ImageFrame, 'index' | 'kind'>

/** Profiles of the lines of one image. */
export interface DrawnProfiles {
  readonly image: number
  readonly profiles: readonly LineProfile[]
}

export type FromImageWorker =
  | { readonly kind: 'frame'; readonly frame: DrawnFrame }
  | { readonly kind: 'profiles'; readonly drawn: DrawnProfiles }
  | { readonly kind: 'error'; readonly text: string }
  | { readonly kind: 'connection'; readonly isOpen: boolean }
