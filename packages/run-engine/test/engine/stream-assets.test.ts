import { expect, test } from 'vitest'
import {
  Msg,
  count,
  declareStream,
  finishedStatus,
  runWrapper,
  type AssetDocument,
  type DataKeys,
  type Plan,
} from '../../src/index.ts'
import { failureOf, recordingEngine } from '../recording.ts'

interface Writer {
  readonly name: string
  index: number
  readonly docs: AssetDocument[]
}

/** A detector that writes frames to a file and announces them. */
function writer(name: string): Writer & Record<string, unknown> {
  let announced = false
  let last = 0
  const device: Writer & Record<string, unknown> = {
    name,
    index: 0,
    docs: [] as AssetDocument[],
    describe: (): DataKeys => ({ [name]: key }),
    describeCollect: (): DataKeys => ({ [name]: key }),
    read: () => ({}),
    trigger() {
      device.index += 1
      return finishedStatus()
    },
    kickoff: finishedStatus,
    complete: finishedStatus,
    getIndex: () => device.index,
    *collectAssetDocs(given?: number): Generator<AssetDocument> {
      const index = given ?? device.index
      if (device.docs.length > 0) {
        yield* device.docs.splice(0)
        return
      }
      if (!announced) yield ['stream_resource', resource(name)]
      announced = true
      if (index > last) yield ['stream_datum', datum(name, last, index)]
      last = index
    },
  }
  return device
}

const key = { source: 'file', dtype: 'array', shape: [2, 2], external: 'STREAM:' } as const

function resource(name: string): Record<string, unknown> {
  return {
    uid: `${name}-file`,
    data_key: name,
    mimetype: 'application/x-hdf5',
    uri: 'file://x',
    parameters: {},
  }
}

function datum(name: string, start: number, stop: number): Record<string, unknown> {
  const nothing = { start: 0, stop: 0 }
  return {
    uid: `${name}-file/${start}`,
    stream_resource: `${name}-file`,
    descriptor: '',
    indices: { start, stop },
    seq_nums: nothing,
  }
}

test('each event of a file writer brings one stream_datum with its sequence number', async () => {
  const r = recordingEngine()
  await r.RE.run(count([writer('cam') as never], 2))
  expect(r.documents.map(([name]) => name)).toEqual([
    'start',
    'descriptor',
    'stream_resource',
    'stream_datum',
    'event',
    'stream_datum',
    'event',
    'stop',
  ])
  expect(r.documents[5]?.[1]).toMatchObject({
    indices: { start: 1, stop: 2 },
    seq_nums: { start: 2, stop: 3 },
    descriptor: r.descriptors()[0]?.uid,
  })
  expect(r.stops()[0]?.num_events).toEqual({ primary: 2 })
})

test('several writers are collected up to the smallest index', async () => {
  const r = recordingEngine()
  const [a, b] = [writer('a'), writer('b')]
  const plan = function* (): Plan<void> {
    yield* declareStream([a, b] as never, { name: 'frames', collect: true })
    a.index = 5
    b.index = 3
    yield Msg('collect', a, { args: [b], kwargs: { name: 'frames' } })
    b.index = 5
    yield Msg('collect', a, { args: [b], kwargs: { name: 'frames' } })
  }
  await r.RE.run(runWrapper(plan()))
  const seqNums = r.documents
    .filter(([name]) => name === 'stream_datum')
    .map(([, doc]) => Reflect.get(doc, 'seq_nums'))
  expect(seqNums).toEqual([
    { start: 1, stop: 4 },
    { start: 1, stop: 4 },
    { start: 4, stop: 6 },
    { start: 4, stop: 6 },
  ])
  expect(r.stops()[0]?.num_events).toEqual({ frames: 5 })
})

test('asset documents that break the rules are refused', async () => {
  const wrong: readonly (readonly [string, readonly AssetDocument[]])[] = [
    ['unknown stream_resource', [['stream_datum', datum('cam', 0, 1)]]],
    [
      'given twice',
      [
        ['stream_resource', resource('cam')],
        ['stream_resource', resource('cam')],
      ],
    ],
    ["matches no 'STREAM:' key", [['stream_resource', resource('other')]]],
    [
      '2 indices',
      [
        ['stream_resource', resource('cam')],
        ['stream_datum', datum('cam', 0, 2)],
      ],
    ],
    ['malformed', [['stream_resource', { uid: 1 }]]],
    [
      'names a descriptor',
      [
        ['stream_resource', resource('cam')],
        ['stream_datum', { ...datum('cam', 0, 1), descriptor: 'x' }],
      ],
    ],
  ]
  for (const [text, docs] of wrong) {
    const r = recordingEngine()
    const device = writer('cam')
    device.docs.push(...docs)
    const failure = await failureOf(r.RE.run(count([device as never])))
    expect(failure).toMatchObject({ code: 'RUN_ASSET_REFUSED' })
    expect(failure.message).toContain(text)
  }
})

test('collect refuses streams of events, undeclared streams and flat descriptions without a name', async () => {
  const attempts = (device: unknown): readonly (readonly [string, Msg])[] => [
    ['stream = true', Msg('collect', device, { kwargs: { stream: true } })],
    ['declare the stream', Msg('collect', device, { kwargs: { name: 'nope' } })],
    ['describes one stream without a name', Msg('collect', device)],
    ['not collectable', Msg('collect', { name: 'x' })],
  ]
  for (const [text, message] of attempts(writer('cam'))) {
    const r = recordingEngine()
    const failure = await failureOf(r.RE.run([Msg('open_run'), message]))
    expect(failure.message).toContain(text)
  }
})
