import { encodeArraysFrame, type NamedArray } from '../frames.ts'
import type { ImageView } from '../ui-types.ts'
import type { FrameAddress } from './image-frame.ts'
import { lineProfile } from './line-profile.ts'
import type { Pixels, SourceImage } from './pixels.ts'
import { clipRegion, reduceImage } from './reduce-image.ts'

/*
 * What a view shows beside its picture, as a frame of type 2 of kind `details`: `image` names the image. Arrays `mean 7`, `min 7`, `max 7`
 * are the profile of the line with the id 7, one value a pixel along it; `values` (rows, columns) are the pixels of the region
 * `region`, as the detector sent them. Its frames are not acknowledged.
 */

/** Lines that have a profile. */
const maxProfiles = 8
/** Pixels of a region whose values are sent. */
const maxValues = 65_536

/** Null when the view wants nothing, or nothing that there is. */
export function imageDetails(image: SourceImage, view: ImageView, address: FrameAddress): Uint8Array | null {
  const lines = view.profiles ? view.rois.filter(({ kind }) => kind === 'line').slice(0, maxProfiles) : []
  const region = view.values ? clipRegion(view.view, image) : null
  const hasValues = region !== null && region.w * region.h <= maxValues
  if (lines.length === 0 && !hasValues) return null
  const profiles = lines.flatMap((line): NamedArray[] => {
    const { id, mean, min, max } = lineProfile(image, line)
    return [
      { name: `mean ${id}`, values: mean },
      { name: `min ${id}`, values: min },
      { name: `max ${id}`, values: max },
    ]
  })
  return encodeArraysFrame({
    subscription: address.subscription,
    seq: address.seq,
    sourceMs: image.atMs,
    sentMs: address.sentMs,
    flags: image.isRecorded === true ? 4 : 0,
    header: { kind: 'details', image: image.id, ...(hasValues ? { region } : {}) },
    arrays: [...profiles, ...(hasValues ? [valuesOf(image, region)] : [])],
  })
}

function valuesOf(
  image: SourceImage,
  region: { readonly x: number; readonly y: number; readonly w: number; readonly h: number },
): NamedArray {
  const out = { w: region.w, h: region.h }
  const { pixels, rows, columns } = reduceImage(image, { region, out, reduction: 'nearest' })
  return { name: 'values', values: sendable(pixels), shape: [rows, columns] }
}

/** Frames have no small signed numbers. */
function sendable(pixels: Pixels): Exclude<Pixels, Int8Array | Int16Array> {
  return pixels instanceof Int8Array || pixels instanceof Int16Array ? Int32Array.from(pixels) : pixels
}
