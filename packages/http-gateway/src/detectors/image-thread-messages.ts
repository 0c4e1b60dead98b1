import type { ImageView } from '../ui-types.ts'

/* What the gateway and its image thread tell each other. A `key` names one view of one socket. */

export type ToImageThread =
  | {
      readonly op: 'view'
      readonly key: number
      readonly subscription: number
      readonly url: string
      readonly view: ImageView
    }
  | { readonly op: 'ack'; readonly key: number }
  | { readonly op: 'dropped'; readonly key: number }
  | { readonly op: 'end'; readonly key: number }

export type FromImageThread =
  | { readonly kind: 'frame'; readonly key: number; readonly bytes: Uint8Array }
  | { readonly kind: 'error'; readonly key: number; readonly text: string }
