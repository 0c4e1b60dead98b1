import { expect, test } from 'vitest'
import { runFile } from '../../src/pages/runs/run-files.ts'

const resource = {
  uid: 'r1',
  data_key: 'jungfrau',
  mimetype: 'application/x-hdf5',
  uri: 'file://localhost/data/run%207.h5',
  parameters: { dataset: '/jungfrau/data', chunk_shape: [1] },
}

test('a stream resource is a file with its dataset and how far it reaches', () => {
  expect(
    runFile({ kind: 'stream_resource', doc: resource, last: { indices: { start: 90, stop: 100 } } }),
  ).toEqual([
    {
      uid: 'r1',
      key: 'jungfrau',
      file: '/data/run 7.h5',
      dataset: '/jungfrau/data',
      mimetype: 'application/x-hdf5',
      length: 100,
    },
  ])
})

test('older documents name the path of a dataset without its slash, or none', () => {
  const [file] = runFile({
    kind: 'stream_resource',
    doc: { ...resource, parameters: { path: 'entry/data' } },
  })
  expect(file).toMatchObject({ dataset: '/entry/data', length: null })
  expect(runFile({ kind: 'stream_resource', doc: { ...resource, parameters: {} } })[0]?.dataset).toBeNull()
})

test('a resource of the older kind is below its root', () => {
  const doc = { uid: 'r2', spec: 'AD_HDF5', root: '/data/', resource_path: '2026/a.h5' }
  expect(runFile({ kind: 'resource', doc })).toMatchObject([
    { key: 'AD_HDF5', file: '/data/2026/a.h5', dataset: null },
  ])
})

test('what is no file is left out', () => {
  expect(runFile({ kind: 'stream_resource', doc: { ...resource, uri: 'https://example.org/a.h5' } })).toEqual(
    [],
  )
  expect(runFile({ kind: 'stream_resource', doc: { ...resource, uri: 'no address' } })).toEqual([])
  expect(runFile({ kind: 'resource', doc: null })).toEqual([])
})
