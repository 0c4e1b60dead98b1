import type { JsonValue } from '@beamtime/queue-client/wire'

/** GET /api/detectors; one that does not answer has `state` null. */
export interface DetectorInfo {
  readonly id: string
  readonly state: DetectorState | null
}

/** Snap of the channel `detector`, args `{id}`, four times a second while somebody looks. */
export interface DetectorState {
  readonly id: string
  readonly width: number
  readonly height: number
  readonly dtype: string
  readonly isSimulated: boolean
  readonly imagesPerSecond: number
  readonly bytesPerSecond: number
  readonly images: number
  /** Since the start of the service. */
  readonly packetsLost: number
  readonly framesIncomplete: number
  /** Pixels that are masked. */
  readonly maskedPixels: number
  /** Another one after each change of the mask. */
  readonly maskVersion: number
  /** Share of the image buffer that waits to be written, 0 to 1. */
  readonly bufferShare: number
  /** Null where that cannot be told. */
  readonly diskFreeBytes: number | null
  readonly ports: readonly {
    readonly module: number
    readonly packetsOk: number
    readonly packetsLost: number
    readonly framesComplete: number
  }[]
  readonly writer: {
    /** As the service says, e.g. READY, WRITING. */
    readonly state: string
    readonly file: string | null
    readonly written: number
    readonly wanted: number | null
    readonly message: string
  }
}

/** GET /api/detectors/{id}/runs: the last acquisitions, newest first, as the service tells them. */
export type DetectorRuns = readonly Readonly<Record<string, JsonValue>>[]

export type ScaleName = 'linear' | 'log' | 'sqrt' | 'asinh'
export type AutoRange = 'off' | 'minmax' | 'p0.1-99.9' | 'p1-99'
export type Reduction = 'nearest' | 'max' | 'mean' | 'sum'

export interface ImageRoi {
  readonly id: number
  readonly kind: 'rect' | 'ellipse' | 'line' | 'polygon'
  /** Corners in source pixels: two of rect, ellipse and line. */
  readonly pts: readonly (readonly [number, number])[]
  /** Of a line: how many pixels across it belong to it, 1 to 20; default 1. */
  readonly width?: number
}

/**
 * `sum 10`: of ten images that were shown, then of the next ten; `held`: the image `image` of the ring; `recorded`: the image `image`
 * of the file of the acquisition `run` (`current`: the one that is being written, or the last one).
 */
export type ImageMode = 'latest' | `${'sum' | 'mean' | 'max'} ${number}` | 'held' | 'recorded'

/** Values below are left out; values above are left out, or count as saturated. Null is no bound. */
export interface ViewThreshold {
  readonly below: number | null
  readonly above: number | null
  readonly how: 'masked' | 'saturated'
}

/** What a view asks for on `/api/ui/frames`. */
export interface ImageView {
  readonly det: string
  readonly view: { readonly x: number; readonly y: number; readonly w: number; readonly h: number } | null
  readonly out: { readonly w: number; readonly h: number }
  readonly fps: number
  readonly scale: ScaleName
  readonly lo: number
  readonly hi: number
  readonly auto: AutoRange
  readonly reduce: Reduction
  readonly rois: readonly ImageRoi[]
  readonly probe: { readonly x: number; readonly y: number } | null
  readonly hist: boolean
  readonly mode: ImageMode
  readonly run: string
  readonly image: number
  /** Leaves out what the detector's mask marks. */
  readonly mask: boolean
  /** For the eye and the numbers of this view only; absent: all values count. */
  readonly threshold?: ViewThreshold | null
  /** Asks for the profiles of the first eight lines, at most ten times a second, as a frame of type 2 and kind `details`. */
  readonly profiles: boolean
  /** Asks in the same way for the values of the pixels that are shown, where these are at most 65 536. */
  readonly values: boolean
}

/** Text frames to `/api/ui/frames`. An image is sent only while fewer than two are not acknowledged. */
export type FramesRequest =
  | { readonly op: 'view'; readonly id: number; readonly view: ImageView }
  | { readonly op: 'ack'; readonly id: number; readonly seq: number }
  | { readonly op: 'end'; readonly id: number }

/** Text frames from it; images are binary frames of type 1, their details frames of type 2 that nobody acknowledges. */
export interface FramesError {
  readonly k: 'err'
  readonly id: number
  readonly text: string
}
