/** A part of the source that is shown, in source pixels. */
export interface ShownRegion {
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
}

/** The whole pixels of the source that a region touches; what the server sends for it. */
export function wholePixels(
  region: ShownRegion,
  source: { readonly width: number; readonly height: number },
): ShownRegion {
  const x = Math.max(0, Math.min(source.width - 1, Math.floor(region.x)))
  const y = Math.max(0, Math.min(source.height - 1, Math.floor(region.y)))
  return {
    x,
    y,
    w: Math.max(1, Math.min(source.width - x, Math.ceil(region.w))),
    h: Math.max(1, Math.min(source.height - y, Math.ceil(region.h))),
  }
}

/** The region after a turn of the wheel: what is under the pointer stays there. Never outside of the source. */
export function zoomed(
  region: ShownRegion,
  about: { readonly x: number; readonly y: number; readonly factor: number },
  source: { readonly width: number; readonly height: number },
): ShownRegion {
  const w = Math.max(8, Math.min(source.width, region.w * about.factor))
  const h = Math.max(8, Math.min(source.height, region.h * about.factor))
  return kept(
    {
      x: about.x - ((about.x - region.x) * w) / region.w,
      y: about.y - ((about.y - region.y) * h) / region.h,
      w,
      h,
    },
    source,
  )
}

/** Moved back inside of the source. */
export function kept(
  region: ShownRegion,
  source: { readonly width: number; readonly height: number },
): ShownRegion {
  return {
    ...region,
    x: Math.max(0, Math.min(source.width - region.w, region.x)),
    y: Math.max(0, Math.min(source.height - region.h, region.y)),
  }
}

/** Box of the picture in the room that there is: as large as it goes, with square pixels. */
export function fitted(
  region: ShownRegion,
  room: { readonly width: number; readonly height: number },
): { readonly width: number; readonly height: number } {
  const scale = Math.min(room.width / region.w, room.height / region.h)
  return { width: Math.max(1, region.w * scale), height: Math.max(1, region.h * scale) }
}
