import { colourMapData } from './colour-maps.generated.ts'

export type ColourMapName = keyof typeof colourMapData
export const colourMapNames = Object.keys(colourMapData) as readonly ColourMapName[]

const tables = new Map<ColourMapName, Uint32Array>()

/** 256 opaque pixels as ABGR words for ImageData on a little-endian machine (all that browsers run on). */
export function colourTable(name: ColourMapName): Uint32Array {
  let table = tables.get(name)
  if (table === undefined) {
    const rgb = Uint8Array.from(atob(colourMapData[name]), (char) => char.charCodeAt(0))
    table = new Uint32Array(256)
    for (let i = 0; i < 256; i += 1)
      table[i] = 0xff000000 + ((rgb[i * 3 + 2] ?? 0) << 16) + ((rgb[i * 3 + 1] ?? 0) << 8) + (rgb[i * 3] ?? 0)
    tables.set(name, table)
  }
  return table
}

/** Index 0..255 of a value in [lo, hi]; values outside are clamped. */
export function colourIndex(value: number, lo: number, hi: number): number {
  if (!(hi > lo)) return value > lo ? 255 : 0
  return Math.round(255 * Math.min(1, Math.max(0, (value - lo) / (hi - lo))))
}

/** CSS colour of one place of a map. */
export function colourAt(name: ColourMapName, index: number): string {
  const word = colourTable(name)[index] ?? 0
  return `rgb(${word & 0xff} ${(word >> 8) & 0xff} ${(word >> 16) & 0xff})`
}
