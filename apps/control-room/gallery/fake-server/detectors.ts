import type { DetectorInfo, DetectorState, FilesAnswer } from '@beamtime/http-gateway/ui-types'
import { maskVersion } from './masks.ts'

/* A detector whose images nobody sends, and a file that it wrote. */

const startMs = Date.now()
const file = '/data/eiger/scan-2041.h5'
const side = 64

export function detectorState(): DetectorState {
  const images = Math.floor((Date.now() - startMs) / 10)
  return {
    id: 'eiger',
    width: 2_016,
    height: 2_016,
    dtype: 'uint16',
    isSimulated: true,
    imagesPerSecond: 100,
    bytesPerSecond: 812_851_200,
    images,
    packetsLost: 12,
    framesIncomplete: 1,
    maskedPixels: 0,
    maskVersion: maskVersion(),
    bufferShare: 0.03,
    diskFreeBytes: 4e12,
    ports: Array.from({ length: 8 }, (_, module) => ({
      module,
      packetsOk: images * 128,
      packetsLost: module === 3 ? 12 : 0,
      framesComplete: images,
    })),
    writer: { state: 'READY', file: null, written: 0, wanted: null, message: '' },
  }
}

const shape = {
  kind: 'dataset',
  shape: [side, side],
  type: { class: 1, size: 8 },
  chunks: null,
  filters: null,
}
const entities: Readonly<Record<string, unknown>> = {
  '/': group('/', [{ name: 'entry', kind: 'group' }]),
  '/entry': group('entry', [{ name: 'image', kind: 'dataset' }]),
  '/entry/image': { ...shape, name: 'image', attributes: [{ name: 'units' }] },
}

function group(name: string, children: readonly unknown[]): unknown {
  return { kind: 'group', name, children, attributes: [] }
}

/** A beam in the middle, thinned out as the selection says. */
function pixels(selection: string): ArrayBuffer {
  const step = Number(/::(\d+)/.exec(selection)?.[1] ?? 1)
  const length = Math.ceil(side / step)
  const at = (index: number): number => (index * step - side / 2) / 12
  return Float64Array.from({ length: length * length }, (_, index) =>
    Math.round(1_000 * Math.exp(-(at(Math.floor(index / length)) ** 2) - at(index % length) ** 2)),
  ).buffer
}

/** Answers of the routes of detectors and files; undefined for others. */
export function getDetectors(path: string, query: URLSearchParams): unknown {
  switch (path) {
    case '/detectors':
      return [{ id: 'eiger', state: detectorState() }] satisfies readonly DetectorInfo[]
    case '/detectors/eiger/runs':
      return {
        logs: {
          [startMs / 1_000 - 60]: {
            state: 'FINISHED',
            info: { output_file: file, n_images: 100 },
            stats: { n_write_completed: 100 },
          },
        },
      }
    case '/files':
      return {
        files: [{ file, name: 'eiger/scan-2041.h5', bytes: 3_260_416, t: startMs - 60_000 }],
        roots: ['/data'],
      } satisfies FilesAnswer
    case '/h5/meta':
      return entities[query.get('path') ?? '/']
    case '/h5/attr':
      return { units: 'counts' }
    case '/h5/data':
      return query.get('format') === 'bin' ? pixels(query.get('selection') ?? '') : [0, 0, 0]
    default:
      return undefined
  }
}
