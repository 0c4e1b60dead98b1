import fc from 'fast-check'
import { expect, test } from 'vitest'
import { imageDetails } from '../../src/detectors/image-details.ts'
import { lineProfile } from '../../src/detectors/line-profile.ts'
import { maskedImage, type SourceImage } from '../../src/detectors/pixels.ts'
import { roiStatistics } from '../../src/detectors/roi-statistics.ts'
import { framesRequest } from '../../src/detectors/view-request.ts'
import type { ImageRoi, ImageView } from '../../src/ui-types.ts'

/** Every pixel tells its row and column: 100 × row + column. */
const image: SourceImage = {
  id: 42,
  width: 50,
  height: 40,
  pixels: Uint16Array.from({ length: 2_000 }, (_, at) => 100 * Math.floor(at / 50) + (at % 50)),
  atMs: 5,
}
const line = (pts: ImageRoi['pts'], width?: number): ImageRoi => ({
  id: 7,
  kind: 'line',
  pts,
  ...(width === undefined ? {} : { width }),
})
const address = { subscription: 3, seq: 9, sentMs: 6, wasSkipped: false }

function viewOf(change: object): ImageView {
  const request = framesRequest(JSON.stringify({ op: 'view', id: 1, view: { det: 'd', ...change } }))
  if (request?.op !== 'view') throw new Error('no view')
  return request.view
}

interface Details {
  readonly header: Record<string, unknown>
  readonly arrays: Readonly<Record<string, readonly number[]>>
}

/** Read by hand, as the contract says. */
function read(bytes: Uint8Array | null): Details {
  if (bytes === null) throw new Error('no details')
  const view = new DataView(bytes.buffer)
  const jsonBytes = view.getUint32(32, true)
  const { arrays, ...header } = JSON.parse(new TextDecoder().decode(bytes.subarray(40, 40 + jsonBytes))) as {
    arrays: { name: string; dtype: string; shape: number[]; off: number }[]
  }
  const start = 40 + Math.ceil(jsonBytes / 8) * 8
  const found = arrays.map(({ name, dtype, shape, off }) => {
    const length = shape.reduce((product, one) => product * one, 1)
    const of = { f64: Float64Array, f32: Float32Array, u16: Uint16Array, i32: Int32Array }[dtype]
    if (of === undefined) throw new Error(dtype)
    return [name, [...new of(bytes.slice(start + off).buffer, 0, length)]] as const
  })
  return {
    header: { ...header, type: view.getUint8(4), seq: view.getUint32(12, true) },
    arrays: Object.fromEntries(found),
  }
}

test('the profile of a line has the pixels under it, one a pixel of its length', () => {
  const { mean } = lineProfile(
    image,
    line([
      [10, 5],
      [14, 5],
    ]),
  )
  expect([...mean]).toEqual([510, 511, 512, 513, 514])
  expect([
    ...lineProfile(
      image,
      line([
        [14.5, 5.5],
        [10.5, 5.5],
      ]),
    ).mean,
  ]).toEqual([514, 513, 512, 511, 510])
  // At an angle: the pixel that holds each place, nothing in between.
  expect([
    ...lineProfile(
      image,
      line([
        [0.5, 0.5],
        [3.5, 4.5],
      ]),
    ).mean,
  ]).toEqual([0, 101, 201, 202, 302, 403])
  expect([
    ...lineProfile(
      image,
      line([
        [3, 3],
        [3, 3],
      ]),
    ).mean,
  ]).toEqual([303])
})

test('the width of a line takes its neighbours in, and tells the least and the largest of them', () => {
  const { mean, min, max } = lineProfile(
    image,
    line(
      [
        [10.5, 5.5],
        [12.5, 5.5],
      ],
      3,
    ),
  )
  expect([...mean]).toEqual([510, 511, 512])
  expect([...min]).toEqual([410, 411, 412])
  expect([...max]).toEqual([610, 611, 612])
  expect([
    ...lineProfile(
      image,
      line(
        [
          [10, 5],
          [10, 6],
        ],
        2,
      ),
    ).mean,
  ]).toEqual([509.5, 609.5])
})

test('masked pixels and what lies outside of the image are left out of a profile', () => {
  const mask = new Uint8Array(2_000)
  mask[5 * 50 + 11] = 1
  mask[4 * 50 + 12] = 1
  const masked = maskedImage(image, mask)
  expect([
    ...lineProfile(
      masked,
      line([
        [10, 5],
        [12, 5],
      ]),
    ).mean,
  ]).toEqual([510, Number.NaN, 512])
  expect([
    ...lineProfile(
      masked,
      line(
        [
          [12.5, 5.5],
          [12.5, 5.5],
        ],
        3,
      ),
    ).mean,
  ]).toEqual([562])
  expect([
    ...lineProfile(
      image,
      line([
        [48, 0],
        [51, 0],
      ]),
    ).mean,
  ]).toEqual([48, 49, Number.NaN, Number.NaN])
})

test('statistics of a line count each of its pixels once', () => {
  const diagonal = roiStatistics(
    image,
    line(
      [
        [0, 0],
        [9.5, 9.5],
      ],
      3,
    ),
  )
  const profile = lineProfile(
    image,
    line(
      [
        [0, 0],
        [9.5, 9.5],
      ],
      3,
    ),
  )
  expect(diagonal.n).toBeLessThan(3 * profile.mean.length)
  expect(diagonal.max).toBe(Math.max(...profile.max))
  expect(
    roiStatistics(
      image,
      line([
        [10, 5],
        [14, 5],
      ]),
    ),
  ).toMatchObject({ n: 5, sum: 2_560, mean: 512, x: 12.00390625, y: 5 })
})

test('the pixels of a polygon are those whose centres lie in it, whatever its corners', () => {
  // Not round, so that no corner and no edge goes through the centre of a pixel, where rounding would decide.
  const odd = fc.integer({ min: -20, max: 90 }).map((whole) => whole * 0.6910586)
  const corner = fc.tuple(odd, odd)
  fc.assert(
    fc.property(fc.array(corner, { minLength: 3, maxLength: 8 }), (pts) => {
      let [n, sum] = [0, 0]
      for (let y = 0; y < 40; y++)
        for (let x = 0; x < 50; x++) {
          // A ray to the right crosses the outline an odd number of times.
          const crossings = pts.filter(([ax, ay], at) => {
            const [bx, by] = pts[(at + 1) % pts.length] ?? [0, 0]
            const [px, py] = [x + 0.5, y + 0.5]
            return ay > py !== by > py && px < ax + ((py - ay) / (by - ay)) * (bx - ax)
          }).length
          if (crossings % 2 === 0) continue
          n++
          sum += 100 * y + x
        }
      expect(roiStatistics(image, { id: 1, kind: 'polygon', pts })).toMatchObject({ n, sum })
    }),
    { numRuns: 50 },
  )
})

test('two polygons that share an edge share no pixel', () => {
  const left = roiStatistics(image, {
    id: 1,
    kind: 'polygon',
    pts: [
      [0, 0],
      [20.5, 0],
      [20.5, 40],
      [0, 40],
    ],
  })
  const right = roiStatistics(image, {
    id: 2,
    kind: 'polygon',
    pts: [
      [20.5, 0],
      [50, 0],
      [50, 40],
      [20.5, 40],
    ],
  })
  expect([left.n, right.n]).toEqual([800, 1_200])
})

test('an ellipse has the pixels whose centres lie in it', () => {
  const pts = [
    [3.2, 30.9],
    [40.1, 4.4],
  ] as const
  const [cx, cy, rx, ry] = [21.65, 17.65, 18.45, 13.25]
  const n = Array.from(
    { length: 2_000 },
    (_, at) => [(at % 50) + 0.5, Math.floor(at / 50) + 0.5] as const,
  ).filter(([x, y]) => ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1).length
  expect(roiStatistics(image, { id: 1, kind: 'ellipse', pts }).n).toBe(n)
})

test('details are a frame of type 2 with profiles and the values that are shown', () => {
  const { header, arrays } = read(
    imageDetails(
      image,
      viewOf({
        profiles: true,
        values: true,
        view: { x: 2, y: 1, w: 3, h: 2 },
        out: { w: 300, h: 200 },
        rois: [
          line(
            [
              [0, 0],
              [2, 0],
            ],
            1,
          ),
          {
            id: 8,
            kind: 'rect',
            pts: [
              [0, 0],
              [1, 1],
            ],
          },
        ],
      }),
      address,
    ),
  )
  expect(header).toEqual({ kind: 'details', image: 42, region: { x: 2, y: 1, w: 3, h: 2 }, type: 2, seq: 9 })
  expect(arrays).toEqual({
    'mean 7': [0, 1, 2],
    'min 7': [0, 1, 2],
    'max 7': [0, 1, 2],
    values: [102, 103, 104, 202, 203, 204],
  })
})

test('nothing is sent that was not asked for, and no more values than can be read', () => {
  const rois = [
    line([
      [0, 0],
      [2, 0],
    ]),
  ]
  expect(imageDetails(image, viewOf({ rois }), address)).toBeNull()
  expect(imageDetails(image, viewOf({ profiles: true }), address)).toBeNull()
  const large = { ...image, width: 400, height: 400, pixels: new Int16Array(160_000) }
  expect(imageDetails(large, viewOf({ values: true }), address)).toBeNull()
  const part = read(imageDetails(large, viewOf({ values: true, view: { x: 0, y: 0, w: 2, h: 1 } }), address))
  expect(part.arrays).toEqual({ values: [0, 0] })
})

test('a width that cannot be is brought into its bounds, and lines of any length end', () => {
  const width = (asked: unknown): unknown =>
    viewOf({
      rois: [
        {
          id: 1,
          kind: 'line',
          pts: [
            [0, 0],
            [1, 1],
          ],
          width: asked,
        },
      ],
    }).rois[0]?.width
  expect([1, 20, 21, -3, 2.6, 'x', null].map(width)).toEqual([1, 20, 20, 1, 3, undefined, undefined])
  const endless = lineProfile(
    image,
    line(
      [
        [0, 0],
        [1e12, 1e12],
      ],
      20,
    ),
  )
  expect(endless.mean.length).toBeLessThan(20_000)
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.double({ noNaN: true }), fc.double({ noNaN: true })), {
        minLength: 2,
        maxLength: 5,
      }),
      fc.constantFrom('rect', 'ellipse', 'polygon', 'line'),
      (pts, kind) => {
        const roi = viewOf({ rois: [{ id: 1, kind, pts }] }).rois[0]
        if (roi !== undefined) expect(roiStatistics(image, roi).n).toBeLessThanOrEqual(2_000)
      },
    ),
  )
})
