/* Colours of pictures by their place in the palette: 0..199 the colour map, then ink. */

/** Viridis at 16 even steps, dark to bright. */
const viridis = [
  0x440154, 0x481a6c, 0x472f7d, 0x414487, 0x39568c, 0x31688e, 0x2a788e, 0x23888e, 0x1f988b, 0x22a884,
  0x35b779, 0x54c568, 0x7ad151, 0xa5db36, 0xd2e21b, 0xfde725,
] as const

/** Steps of the colour map. */
export const mapSteps = 200

const inks = [0xffffff, 0x1b1f24, 0x8a929c, 0xe3e6ea, 0x6b7280] as const
const series = [0x1f6fb2, 0xc2410c, 0x15803d, 0x7c3aed, 0xb91c1c, 0x0e7490, 0x92400e, 0x4d4d4d] as const

export const ink = { paper: 200, text: 201, frame: 202, grid: 203, faint: 204 } as const
const firstSeries = mapSteps + inks.length

/** Colour of the n-th line of a picture. */
export function seriesInk(index: number): number {
  return firstSeries + (index % series.length)
}

/** RGB triples of the whole palette. */
export const palette: Uint8Array = paletteBytes()

function paletteBytes(): Uint8Array {
  const colours = [
    ...Array.from({ length: mapSteps }, (_, step) => mapColour(step / (mapSteps - 1))),
    ...inks,
    ...series,
  ]
  return Uint8Array.from(colours.flatMap((rgb) => [rgb >> 16, (rgb >> 8) & 255, rgb & 255]))
}

function mapColour(fraction: number): number {
  const at = fraction * (viridis.length - 1)
  const from = viridis[Math.floor(at)] ?? 0
  const to = viridis[Math.ceil(at)] ?? from
  const part = at - Math.floor(at)
  const mix = (shift: number): number => {
    const low = (from >> shift) & 255
    return Math.round(low + (((to >> shift) & 255) - low) * part) << shift
  }
  return mix(16) | mix(8) | mix(0)
}
