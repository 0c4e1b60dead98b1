/** A mask that a detector keeps by name. */
export interface KeptMask {
  readonly name: string
  /** How many pixels it masks. */
  readonly pixels: number
  readonly width: number
  readonly height: number
  /** Unix ms */
  readonly savedMs: number
}

/** What a detector masks now. */
export interface MaskInUse {
  /** Under which it was kept; empty for the one of the configuration, and for none. */
  readonly name: string
  readonly pixels: number
  /** Another one after each change. */
  readonly version: number
}

/** GET /api/detectors/{id}/masks */
export interface MasksAnswer {
  readonly inUse: MaskInUse
  readonly masks: readonly KeptMask[]
}
