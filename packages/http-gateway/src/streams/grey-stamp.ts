/* zscale as IRAF and DS9 have it: a line through the sorted sample, cut at the pixels that it fits.
 * Source: IRAF display task, "zscale algorithm"; contrast 0.25, 5 iterations, rejection at 2.5 sigma. */

const contrast = 0.25
const maxSample = 1_000
const maxIterations = 5
const rejectSigma = 2.5

/** Pixels as 8-bit grey between the limits that show faint and bright structure. */
export function greyOf(pixels: Float32Array): Uint8Array {
  const { low, high } = zscale(pixels)
  const scale = high > low ? 255 / (high - low) : 0
  const grey = new Uint8Array(pixels.length)
  pixels.forEach((pixel, index) => {
    const value = Number.isFinite(pixel) ? (pixel - low) * scale : 0
    grey[index] = Math.max(0, Math.min(255, Math.round(value)))
  })
  return grey
}

export function zscale(pixels: Float32Array): { readonly low: number; readonly high: number } {
  const step = Math.max(1, Math.floor(pixels.length / maxSample))
  const sample = pixels.filter((pixel, index) => index % step === 0 && Number.isFinite(pixel)).toSorted()
  const count = sample.length
  const [least, most] = [sample[0] ?? 0, sample[count - 1] ?? 0]
  if (count < 5) return { low: least, high: most }
  const slope = fittedSlope(sample)
  const middle = Math.floor((count - 1) / 2)
  const median = sample[middle] ?? 0
  if (slope === null) return { low: least, high: most }
  const steep = slope / contrast
  return {
    low: Math.max(least, median - middle * steep),
    high: Math.min(most, median + (count - middle) * steep),
  }
}

/** Slope of the line through the sample without outliers; null when too few pixels are left. */
function fittedSlope(sample: Float32Array): number | null {
  let kept = Array.from(sample, (y, x) => ({ x, y }))
  const least = Math.max(5, sample.length / 2)
  let line = fit(kept)
  for (let round = 0; round < maxIterations; round++) {
    const { slope, offset } = line
    const sigma = Math.sqrt(
      kept.reduce((sum, { x, y }) => sum + (y - slope * x - offset) ** 2, 0) / kept.length,
    )
    const next = kept.filter(({ x, y }) => Math.abs(y - slope * x - offset) <= rejectSigma * sigma)
    if (next.length < least) return null
    if (next.length === kept.length) break
    kept = next
    line = fit(kept)
  }
  return line.slope
}

function fit(points: readonly { readonly x: number; readonly y: number }[]): {
  readonly slope: number
  readonly offset: number
} {
  const count = points.length
  const meanX = points.reduce((sum, { x }) => sum + x, 0) / count
  const meanY = points.reduce((sum, { y }) => sum + y, 0) / count
  const over = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0)
  const under = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0)
  const slope = under === 0 ? 0 : over / under
  return { slope, offset: meanY - slope * meanX }
}
