import { expect, test } from 'vitest'
import {
  eigerSegments,
  gigafrostSegments,
  jungfrauSegments,
  type Segment,
} from '../../src/core/module-geometry.ts'

/** Where every pixel of a module goes. */
function map(segments: readonly Segment[]): (x: number, y: number) => number | undefined {
  return (x, y) => {
    const segment = segments.find(
      ({ sourceX, sourceY, columns, rows }) =>
        x >= sourceX && x < sourceX + columns && y >= sourceY && y < sourceY + rows,
    )
    if (segment === undefined) return undefined
    return (
      segment.start + (x - segment.sourceX) * segment.columnStep + (y - segment.sourceY) * segment.rowStep
    )
  }
}

const half = { width: 1030, height: 514 }

// Vectors of the peer's tests (EIGER 0.5M).
test('an upper EIGER module goes down from its start, with a gap of two pixels between the chips', () => {
  const at = map(eigerSegments('0', [0, 0, 513, 255], half))
  expect(at(0, 7)).toBe(7 * 1030)
  expect(at(255, 7)).toBe(7 * 1030 + 255)
  expect(at(256, 7)).toBe(7 * 1030 + 258)
})

test('a lower EIGER module goes up from its start', () => {
  const at = map(eigerSegments('3', [516, 513, 1029, 258], half))
  expect(at(0, 255)).toBe(258 * 1030 + 516)
  expect(at(256, 0)).toBe(513 * 1030 + 774)
})

test('a module that leaves the image or has another size is refused with its key', () => {
  expect(() => eigerSegments('module_positions.9', [600, 0, 1113, 255], half)).toThrow(
    /module_positions.9.*out-of-bound/,
  )
  expect(() => eigerSegments('module_positions.9', [0, 0, 511, 255], half)).toThrow(/module_positions.9/)
  expect(() =>
    jungfrauSegments('module_positions.0', [0, 0, 1022, 511], { width: 1024, height: 512 }),
  ).toThrow(/1024 x 512/)
})

test.each([0, 1, 2, 3])(
  'a JUNGFRAU module turned by %i quarters lies as an image that is turned',
  (rotation) => {
    const [width, height] = rotation % 2 === 0 ? [1024, 512] : [512, 1024]
    const at = map(jungfrauSegments('0', [0, 0, width - 1, height - 1], { width, height, rotation }))
    // Counter-clockwise: the upper right corner comes to the upper left.
    const corners = [
      [0, 0],
      [1023, 0],
      [1023, 511],
      [0, 511],
    ] as const
    const places = corners.map(([x, y]) => at(x, y))
    const upperLeft = 0
    const upperRight = width - 1
    const lowerRight = width * height - 1
    const lowerLeft = width * (height - 1)
    const turned = [upperLeft, upperRight, lowerRight, lowerLeft]
    expect(places).toEqual(corners.map((_, corner) => turned[(corner - rotation + 4) % 4]))
  },
)

test('gap pixels move the chips of a JUNGFRAU module apart', () => {
  const at = map(jungfrauSegments('0', [0, 0, 1029, 513], { width: 1030, height: 514, gap: 2 }))
  expect(at(255, 255)).toBe(255 * 1030 + 255)
  expect(at(256, 256)).toBe(258 * 1030 + 258)
  expect(at(1023, 511)).toBe(1030 * 514 - 1)
})

test('the links of a GIGAFROST quadrant take turns, going away from the middle', () => {
  const image = { width: 8, height: 8 }
  const starts = Array.from({ length: 8 }, (_, module) => {
    const [segment] = gigafrostSegments(module, image)
    return [segment?.start, segment?.rowStep]
  })
  expect(starts).toEqual([
    [32, 16],
    [40, 16],
    [36, 16],
    [44, 16],
    [24, -16],
    [16, -16],
    [28, -16],
    [20, -16],
  ])
})

test('together the modules of a GIGAFROST cover every pixel once', () => {
  const image = { width: 48, height: 16 }
  const seen = new Set<number>()
  for (let module = 0; module < 8; module += 1) {
    const at = map(gigafrostSegments(module, image))
    for (let y = 0; y < 4; y += 1) for (let x = 0; x < 24; x += 1) seen.add(at(x, y) ?? -1)
  }
  expect(seen.size).toBe(48 * 16)
  expect(Math.min(...seen)).toBe(0)
})
