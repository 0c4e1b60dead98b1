import { CarryList } from './carry-list.ts'
import { binSizes, writeBins } from './kernel-bins.ts'
import { kernelMemory } from './kernel-memory.ts'
import type { Counting, PixelHistogramShape } from './pixel-histogram.ts'
import { placesSize, writePlaces } from './pixel-places.ts'

/** Events copied to the kernels' memory at a time. */
const stagedEvents = 16_384
/** Cells of a block, and how many of its events wait for each other; the kernel has the same numbers. */
const blockCells = 65_536
const blockEvents = 8_192
const carryRoomCells = stagedEvents + blockEvents

/** Counting by the WebAssembly kernels; null where their memory cannot be had. Measured by bench/drain.ts. */
export function simdCounting(shape: PixelHistogramShape): Counting | null {
  const { placeCount, bins, tables, sortedFrom = 2_097_152 } = shape
  const cells = placeCount * bins.count
  const blocks = cells > sortedFrom ? Math.ceil(cells / blockCells) : 0
  const memory = kernelMemory([
    cells,
    cells * 4,
    placeCount * 4,
    stagedEvents * 4,
    stagedEvents * 4,
    (carryRoomCells + 1) * 4,
    (stagedEvents + 4) * 4,
    blocks * 4,
    blocks * blockEvents * 2,
    ...binSizes(bins),
    ...tables.map(placesSize),
  ])
  if (memory === null) return null
  const { buffer, kernels, addresses } = memory
  const [windowAt = 0, cumulativeAt = 0, imageAt = 0, toaAt = 0, pixelAt = 0, carriesAt = 0, foundAt = 0] =
    addresses
  const [waitingAt = 0, blocksAt = 0, binsAt = 0, cellsAt = 0, ...tablesAt] = addresses.slice(7)
  writeBins(memory, bins, { binsAt, cellsAt })
  tables.forEach((places, index) => writePlaces(buffer, tablesAt[index] ?? 0, places))
  const toaRoom = new Int32Array(buffer, toaAt, stagedEvents)
  const pixelRoom = new Int32Array(buffer, pixelAt, stagedEvents)
  const carryRoom = new Uint32Array(buffer, carriesAt, carryRoomCells + 1)
  const waiting = new Uint32Array(buffer, waitingAt, blocks)
  const carries = new CarryList()
  const findCells = (n: number, table: number): number => {
    const placesAt = tablesAt[table] ?? 0
    const { formula } = bins
    // oxfmt-ignore
    return formula === null
      ? kernels.cellsByTable(toaAt, pixelAt, n, placesAt, binsAt, bins.count, cellsAt, bins.shift, foundAt)
      : kernels.cellsByScale(toaAt, pixelAt, n, placesAt, bins.firstNs, bins.endNs - 1, formula.offset, formula.scale, bins.count, foundAt)
  }
  const takeCarries = (): void => {
    const count = carryRoom[0] ?? 0
    if (count > 0) carries.addAll(carryRoom.subarray(1, count + 1))
    carryRoom[0] = 0
  }
  const count = (found: number): void => {
    if (blocks === 0) {
      kernels.countCells(foundAt, found, windowAt, carriesAt)
      takeCarries()
      return
    }
    for (let from = 0; from < found; takeCarries())
      // oxfmt-ignore
      from += kernels.sortCells(foundAt + from * 4, found - from, waitingAt, blocksAt, windowAt, carriesAt, carryRoomCells)
  }
  return {
    window: new Uint8Array(buffer, windowAt, cells),
    carries,
    cumulative: new Uint32Array(buffer, cumulativeAt, cells),
    image: new Uint32Array(buffer, imageAt, placeCount),
    add({ toa, pixel }, table) {
      if (table >= tables.length) return 0
      let inside = 0
      for (let from = 0; from < toa.length; from += stagedEvents) {
        const n = Math.min(stagedEvents, toa.length - from)
        toaRoom.set(from === 0 && n === toa.length ? toa : toa.subarray(from, from + n))
        pixelRoom.set(from === 0 && n === toa.length ? pixel : pixel.subarray(from, from + n))
        const found = findCells(n, table)
        count(found)
        inside += found
      }
      return inside
    },
    settle() {
      for (let block = 0; block < blocks; block++) {
        const some = waiting[block] ?? 0
        if (some === 0) continue
        carryRoom[0] = kernels.countBlock(block, some, blocksAt, windowAt, carriesAt, 0)
        takeCarries()
      }
      waiting.fill(0)
    },
    fold: ([first, end]) =>
      kernels.foldWindow(windowAt, cumulativeAt, imageAt, placeCount, bins.count, first, end),
  }
}
