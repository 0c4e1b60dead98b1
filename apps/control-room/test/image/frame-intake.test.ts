import { expect, test } from 'vitest'
import type { FramesRequest } from '@beamtime/http-gateway/ui-types'
import type { ImageDetails } from '../../src/image/image-details.ts'
import type { FromImageWorker } from '../../src/image/image-messages.ts'
import { takeMessage } from '../../src/image/frame-intake.ts'

// The golden image of the interface specification.
const golden =
  '4352463101008000070000000300000000b88756febc784200208856febc78422a0000000000000008000000040000000000000000000000080000000400000004000000020000000000000102000200000000000000000000000000000059400000000000ff7f4700000000004893400100000001000000000000000000000001017ffdfe00fffd'

function intake() {
  const drawn: number[] = []
  const asked: FramesRequest[] = []
  const detailed: ImageDetails[] = []
  const told: FromImageWorker[] = []
  const take = (data: string | ArrayBuffer): void =>
    takeMessage(data, {
      draw: ({ frameNumber }) => drawn.push(Number(frameNumber)),
      detail: (details) => detailed.push(details),
      ask: (request) => asked.push(request),
      tell: (message) => told.push(message),
    })
  return { drawn, detailed, asked, told, take }
}

function frame(change: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes): ArrayBuffer {
  const bytes = Uint8Array.from(golden.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  return change(bytes).slice().buffer as ArrayBuffer
}

const damaged: Record<string, (bytes: Uint8Array) => Uint8Array> = {
  'is cut': (bytes) => bytes.subarray(0, 130),
  'is no frame': (bytes) => bytes.fill(9),
  'is empty': () => new Uint8Array(0),
  'is a table': (bytes) => bytes.fill(2, 4, 5),
  'has no pixels': (bytes) => bytes.fill(0, 64, 72),
  'has raw pixels that cannot be drawn': (bytes) => bytes.fill(2, 72, 73),
}

test.each(Object.entries(damaged))(
  'a frame that %s is told and acknowledged, and the next one is drawn',
  (_name, change) => {
    const { drawn, asked, told, take } = intake()
    take(frame(change))
    expect(drawn).toEqual([])
    expect(asked).toEqual([{ op: 'ack', id: 1, seq: 0 }])
    expect(told).toMatchObject([{ kind: 'error' }])
    take(frame())
    expect(drawn).toEqual([42])
    expect(asked).toHaveLength(2)
    expect(told[1]).toMatchObject({ kind: 'frame', frame: { columns: 4, rows: 2 } })
  },
)

test('what the server says of an error is told, whatever it is', () => {
  const { told, take } = intake()
  for (const text of ['{"k":"err","id":1,"text":"No detector."}', '{"k":', '[]', 'null']) take(text)
  expect(told.map((message) => (message.kind === 'error' ? message.text : ''))).toEqual([
    'No detector.',
    '{"k":',
    '[]',
    'null',
  ])
})

/** A frame of type 2 as the server writes it. */
function details(header: object, values: Float64Array): ArrayBuffer {
  const json = new TextEncoder().encode(JSON.stringify(header))
  const start = 40 + Math.ceil(json.length / 8) * 8
  const bytes = new Uint8Array(start + values.byteLength)
  bytes.set([0x43, 0x52, 0x46, 0x31, 2, 0, 40])
  const view = new DataView(bytes.buffer)
  view.setUint32(32, json.length, true)
  view.setUint32(36, (header as { arrays: unknown[] }).arrays.length, true)
  bytes.set(json, 40)
  bytes.set(new Uint8Array(values.buffer), start)
  return bytes.buffer
}

test('profiles and values that come after an image are taken and not acknowledged', () => {
  const { drawn, detailed, asked, take } = intake()
  const array = (name: string, off: number): object => ({ name, dtype: 'f64', shape: [2], off })
  const header = {
    kind: 'details',
    image: 42,
    region: { x: 1, y: 2, w: 2, h: 1 },
    arrays: [
      array('mean 7', 0),
      array('min 7', 16),
      array('max 7', 32),
      array('values', 48),
      array('mean 8', 0),
    ],
  }
  take(details(header, Float64Array.of(2, 3, 1, 2, 5, 6, 70, 80)))
  expect([drawn, asked]).toEqual([[], []])
  expect(detailed).toEqual([
    {
      image: 42,
      profiles: [
        { id: 7, mean: Float64Array.of(2, 3), min: Float64Array.of(1, 2), max: Float64Array.of(5, 6) },
      ],
      values: { region: { x: 1, y: 2, w: 2, h: 1 }, values: Float64Array.of(70, 80) },
    },
  ])
  take(details({ ...header, region: { x: 1, y: 2, w: 9, h: 1 } }, new Float64Array(8)))
  expect(detailed[1]?.values).toBeNull()
})
