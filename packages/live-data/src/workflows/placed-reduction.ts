import type { RoiGeometry } from '../core/stream-message.ts'
import type { Reduction } from './workflow.ts'

/**
 * A reduction that depends on where motors stand: it begins anew when one of them has moved, with the next data. Without such
 * streams it is made at once.
 */
export function placedReduction(
  streams: readonly string[],
  make: (context: ReadonlyMap<string, number>) => Reduction,
): Reduction {
  if (streams.length === 0) return make(new Map())
  const context = new Map<string, number>()
  const regions = new Map<RoiGeometry['kind'], RoiGeometry>()
  let made: Reduction | null = null
  return {
    get sizeBytes() {
      return made?.sizeBytes ?? 0
    },
    accept(message) {
      if (made === null) {
        made = make(context)
        for (const geometry of regions.values()) made.setRegions?.(geometry)
      }
      return made.accept(message)
    },
    setContext(stream, value) {
      if (!streams.includes(stream) || context.get(stream) === value) return
      context.set(stream, value)
      made = null
    },
    setRegions(geometry) {
      regions.set(geometry.kind, geometry)
      made?.setRegions?.(geometry)
    },
    finalize: () => made?.finalize() ?? [],
    clear: () => made?.clear(),
  }
}
