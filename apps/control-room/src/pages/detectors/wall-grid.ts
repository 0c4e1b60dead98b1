import type { Size } from '../../image/orientation.ts'

export const mostOnWall = 4

/** The detectors that a wall shows: those that the address names, else the first ones; more than four take turns. */
export function detectorsOnWall(
  known: readonly string[],
  wanted: string | undefined,
  turn: number,
): readonly string[] {
  const named = (wanted ?? '').split(',').filter((id) => known.includes(id))
  const shown = named.length > 0 ? named : known
  const groups = Math.ceil(shown.length / mostOnWall)
  const group = groups === 0 ? 0 : turn % groups
  return shown.slice(group * mostOnWall, (group + 1) * mostOnWall)
}

/** So many columns that the pictures become as large as they can; `aside` is what a cell needs beside its picture. */
export function wallColumns(sizes: readonly Size[], room: Size, aside: Size): number {
  let [best, largest] = [1, 0]
  for (let columns = 1; columns <= sizes.length; columns++) {
    const rows = Math.ceil(sizes.length / columns)
    const width = room.width / columns - aside.width
    const height = room.height / rows - aside.height
    const area = sizes.reduce((sum, size) => {
      const scale = Math.max(0, Math.min(width / size.width, height / size.height))
      return sum + scale ** 2 * size.width * size.height
    }, 0)
    if (area > largest) [best, largest] = [columns, area]
  }
  return best
}
