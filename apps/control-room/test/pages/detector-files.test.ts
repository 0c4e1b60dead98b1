import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nextFile, nextName, pathSuggestions } from '../../src/pages/detectors/path-suggestions.ts'
import { readRegions, regionsText } from '../../src/pages/detectors/regions-file.ts'
import { verdictOf } from '../../src/pages/detectors/written-files.tsx'

test('regions come back from the text that they were taken away as', () => {
  const rois = [
    {
      id: 4,
      kind: 'rect',
      pts: [
        [1, 2],
        [30, 40],
      ],
    },
    {
      id: 9,
      kind: 'line',
      width: 5,
      pts: [
        [0.5, 2],
        [3, 4],
      ],
    },
    {
      id: 11,
      kind: 'polygon',
      pts: [
        [0, 0],
        [5, 0],
        [0, 5],
      ],
    },
  ] as const
  expect(readRegions(regionsText('eiger', rois))).toEqual(rois.map((roi, at) => ({ ...roi, id: at + 1 })))
})

test('what is no region is left out, what is no list of them is refused', () => {
  expect(readRegions('{"regions": 3}')).toBeNull()
  expect(readRegions('nothing')).toBeNull()
  expect(readRegions(`[${' '.repeat(1_000_001)}]`)).toBeNull()
  expect(
    readRegions('[{"kind": "rect", "pts": [[1, 2]]}, {"kind": "star", "pts": [[1, 2], [3, 4]]}, 7]'),
  ).toEqual([])
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const regions = readRegions(JSON.stringify({ regions: [value, { kind: 'rect', pts: value }] })) ?? []
      for (const { pts } of regions) expect(pts.flat().every(Number.isFinite)).toBe(true)
    }),
  )
  fc.assert(fc.property(fc.string(), (text) => readRegions(text) === null || true))
})

test('a file by hand gets the first name that is free', () => {
  expect(nextFile('/data', new Set())).toBe('/data/by-hand-0001.h5')
  expect(nextFile('/data', new Set(['/data/by-hand-0001.h5', '/data/by-hand-0002.h5', '/data/x.h5']))).toBe(
    '/data/by-hand-0003.h5',
  )
  expect(['a_0099.h5', 'a9.h5', 'run.h5', 'run'].map(nextName)).toEqual([
    'a_0100.h5',
    'a10.h5',
    'run-0002.h5',
    'run-0002',
  ])
})

test('a path that is typed is completed by folders and by names that follow those there are', () => {
  const files = ['/data/eiger/scan_041.h5', '/data/eiger/scan_040.h5', '/raw/night/dark.h5']
  const known = { files, folder: '/data/eiger' }
  expect(pathSuggestions('', known)).toEqual([
    '/data/eiger/by-hand-0001.h5',
    '/data/eiger/scan_042.h5',
    '/raw/night/by-hand-0001.h5',
  ])
  expect(pathSuggestions('/raw', known)).toEqual(['/raw/night/by-hand-0001.h5'])
  expect(pathSuggestions('/elsewhere', known)).toEqual([])
})

test('the verdict of a file says how many images it lacks', () => {
  expect(verdictOf({ images: 10, wanted: 10, isFailed: false })).toMatchObject({ state: 'good' })
  expect(verdictOf({ images: 10, wanted: null, isFailed: false })).toMatchObject({ state: 'good' })
  expect(verdictOf({ images: 7, wanted: 10, isFailed: false })).toEqual({
    state: 'attention',
    word: '3 missing',
  })
  expect(verdictOf({ images: 0, wanted: 10, isFailed: true })).toMatchObject({ state: 'bad' })
})
