/* Our half of the exchange with Python's event-model; exchange.py starts it.
 * `compose`  writes a line {"hex", "name", "doc"} for each document of a run that has every kind of document
 * `check`    reads lines {"hex"?, "name", "doc"}: answers {"valid", "doc"?, "hex"?}; with hex the bytes are decoded and encoded
 *            again, without it the document is only checked against its schema */
import { createInterface } from 'node:readline'
import {
  composeRun,
  createDocumentEncoder,
  decodeDocument,
  documentToJson,
  isDocumentName,
  NdArray,
  parseJson,
  toJsonText,
  unixSeconds,
  validateDocument,
  type NamedDocument,
} from '../../src/index.ts'

function everyKind(): NamedDocument[] {
  const t = unixSeconds(1_700_000_000)
  const number = { dtype: 'number', shape: [], source: 'SIM:x', units: 'mm', precision: 3 } as const
  const run = composeRun({
    metadata: {
      scan_id: 7,
      sample: { name: 'x' },
      plan_args: { num: 3, args: ['motor', -1, 1] },
      hints: { dimensions: [[['x'], 'primary']] },
      big: 2n ** 60n,
      image: new NdArray('<i4', [1, 3], Int32Array.of(0, 1, 2)),
    },
  })
  const stream = run.composeDescriptor({
    name: 'primary',
    data_keys: {
      x: number,
      n: { dtype: 'integer', shape: [], source: 's', limits: { control: { low: null, high: 1 } } },
      img: { dtype: 'array', shape: [2], source: 's', external: 'FILESTORE:', dtype_numpy: '<f8' },
    },
    configuration: { dev: { data: { gain: 2 }, timestamps: { gain: 3 }, data_keys: { gain: number } } },
    object_keys: { dev: ['x', 'n'], cam: ['img'] },
    hints: { dev: { fields: ['x'] } },
  })
  const resource = run.composeResource({
    spec: 'NPY',
    root: '/',
    resource_path: 'a',
    resource_kwargs: { k: [1] },
  })
  const asset = run.composeStreamResource({
    mimetype: 'application/x-hdf5',
    uri: 'file://localhost/a.h5',
    data_key: 'img',
    parameters: { dataset: '/d', chunk_shape: [1, 2] },
  })
  const timestamps = { x: t, n: t, img: t }
  const columns = { x: [t, t], n: [t, t], img: [t, t] }
  const event = stream.composeEvent({ data: { x: 1, n: 2, img: 'a/0' }, timestamps, filled: { img: false } })
  return [
    ['start', run.startDoc],
    ['descriptor', stream.descriptorDoc],
    ['resource', resource.resourceDoc],
    ['datum', resource.composeDatum({ index: 0 })],
    ['datum_page', resource.composeDatumPage({ index: [1, 2] })],
    ['stream_resource', asset.streamResourceDoc],
    [
      'stream_datum',
      asset.composeStreamDatum({ indices: { start: 0, stop: 2 }, descriptor: stream.descriptorDoc }),
    ],
    ['event', event],
    ['event', stream.composeEvent({ data: { x: 0.5, n: 3, img: Float64Array.of(1, 2) }, timestamps })],
    [
      'event_page',
      stream.composeEventPage({ data: { x: [1, 2], n: [3, 4], img: ['a/1', 'a/2'] }, timestamps: columns }),
    ],
    [
      'event_page',
      stream.composeEventPage({
        data: { x: Float64Array.of(1, 2), n: [3, 4], img: [[1], [2]] },
        timestamps: columns,
      }),
    ],
    ['bulk_events', { anything: [event] }],
    ['bulk_datum', { datum_ids: ['a/0'], datum_kwarg_list: [{ index: 0 }], resource: 'a' }],
    ['stop', run.composeStop({ exit_status: 'abort', reason: 'beam lost' })],
  ]
}

function answer(line: string): string {
  const request = parseJson(line) as { readonly hex?: string; readonly name: string; readonly doc: unknown }
  if (request.hex === undefined) {
    return JSON.stringify({
      valid: isDocumentName(request.name) && validateDocument(request.name, request.doc).ok,
    })
  }
  const named = decodeDocument(Buffer.from(request.hex, 'hex'))
  const hex = Buffer.from(createDocumentEncoder().encode(named)).toString('hex')
  return `{"valid":true,"doc":${toJsonText(named[1])},"hex":"${hex}"}`
}

if (process.argv[2] === 'compose') {
  const encoder = createDocumentEncoder()
  for (const named of everyKind()) {
    const hex = Buffer.from(encoder.encode(named)).toString('hex')
    process.stdout.write(`{"hex":"${hex}",${documentToJson(named).slice(1)}\n`)
  }
} else {
  for await (const line of createInterface({ input: process.stdin }))
    process.stdout.write(`${answer(line)}\n`)
}
