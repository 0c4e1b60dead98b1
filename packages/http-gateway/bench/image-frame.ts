// Processor time of a frame of a detector image: for the first viewer, for a further one, with regions, masked, and of its details.
// Prints a JSON line; the side of the image in pixels is the first argument, default 2016.
import { cpus } from 'node:os'
import { ImageFrames } from '../src/detectors/image-frame.ts'
import { maskedImage, type SourceImage } from '../src/detectors/pixels.ts'
import { framesRequest } from '../src/detectors/view-request.ts'
import type { ImageView } from '../src/ui-types.ts'

const side = Number(process.argv[2] ?? 2_016)
const runs = 31
const image: SourceImage = {
  id: 1,
  width: side,
  height: side,
  // Rings, so that neighbours differ as they do in a real image.
  pixels: Uint16Array.from({ length: side * side }, (_, at) =>
    Math.round(200 + 190 * Math.cos(Math.hypot((at % side) - side / 2, at / side - side / 2) / 9)),
  ),
  atMs: 0,
}
const mask = new Uint8Array(side * side).fill(1, 500 * side, 540 * side)
const address = { subscription: 1, seq: 1, sentMs: 0, wasSkipped: false }
const across = (x: number, y: number): readonly [number, number] => [x * side, y * side]

function viewOf(more: object): ImageView {
  const asked = { det: 'd', scale: 'log', hist: true, out: { w: side / 2, h: side / 2 }, ...more }
  const request = framesRequest(JSON.stringify({ op: 'view', id: 1, view: asked }))
  if (request?.op !== 'view') throw new Error('no view')
  return request.view
}
const plain = viewOf({})
const drawn = viewOf({
  profiles: true,
  rois: [
    { id: 1, kind: 'line', pts: [across(0.1, 0.1), across(0.8, 0.7)], width: 9 },
    {
      id: 2,
      kind: 'polygon',
      pts: [across(0.6, 0.2), across(0.9, 0.25), across(0.85, 0.6), across(0.65, 0.5)],
    },
    { id: 3, kind: 'ellipse', pts: [across(0.1, 0.6), across(0.4, 0.9)] },
  ],
})

/** Median, because other programs take the processor now and then. */
function processorMs(run: () => unknown): number {
  const times = Array.from({ length: runs }, () => {
    const before = process.cpuUsage()
    run()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1_000
  }).toSorted((a, b) => a - b)
  return Math.round((times[runs >> 1] ?? 0) * 100) / 100
}

const shared = new ImageFrames(image)
const masked = maskedImage(image, mask)
console.log(
  JSON.stringify({
    name: 'image-frame',
    node: process.version,
    cpu: cpus()[0]?.model,
    side,
    firstViewMs: processorMs(() => new ImageFrames(image).frame(plain, null, address)),
    furtherViewMs: processorMs(() => shared.frame(plain, null, address)),
    threeRegionsMs: processorMs(() => shared.frame(drawn, null, address)),
    profileMs: processorMs(() => shared.details(drawn, address)),
    maskingMs: processorMs(() => maskedImage(image, mask)),
    maskedViewMs: processorMs(() => new ImageFrames(masked).frame(plain, null, address)),
  }),
)
