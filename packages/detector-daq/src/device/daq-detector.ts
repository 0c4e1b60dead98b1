import { randomUUID } from 'node:crypto'
import {
  Status,
  type AssetDocument,
  type DataKeys,
  type Readings,
  type StatusLike,
} from '@beamtime/run-engine'
import { DaqError } from '../error.ts'
import { daqRequest } from './daq-request.ts'

export interface DaqDetectorOptions {
  /** REST address of the DAQ service. */
  readonly url: string
  /** Images of one point. Default 1. */
  readonly imagesPerPoint?: number
  /** How long a trigger waits for its images. Default 10 000. */
  readonly timeoutMs?: number
}

/** A detector of a plan whose images go to files of the DAQ service; the run's documents say where. */
export interface DaqDetector {
  readonly name: string
  readonly className: string
  readonly hints: { readonly fields: readonly string[] }
  describe(): Promise<DataKeys>
  read(): Readings
  stage(): StatusLike
  trigger(): StatusLike
  unstage(): StatusLike
  collectAssetDocs(index?: number): Iterable<AssetDocument>
  getIndex(): number
  stop(): Promise<void>
}

interface OpenFile {
  readonly path: string
  readonly dataset: string
  readonly resource: string
  isAnnounced: boolean
  /** Points that were recorded, and how many of them were announced. */
  points: number
  announced: number
}

const numpyTypes: Readonly<Record<string, string>> = {
  u8: '|u1',
  u16: '<u2',
  u32: '<u4',
  f32: '<f4',
  i16: '<i2',
  i32: '<i4',
}

/**
 * The detector of a DAQ service as a device: `stage` opens a file, each `trigger` records the next images, `unstage` closes it.
 * Statuses fail with DAQ_UNREACHABLE, DAQ_REQUEST_REFUSED, DAQ_WRITER_BUSY or DAQ_TIMEOUT.
 */
export function createDaqDetector(name: string, options: DaqDetectorOptions): DaqDetector {
  const { url, imagesPerPoint = 1, timeoutMs = 10_000 } = options
  let file: OpenFile | undefined

  function status(work: () => Promise<void>): StatusLike {
    const done = new Status({ name })
    work().then(
      () => done.setFinished(),
      (error: unknown) => done.setException(error instanceof Error ? error : new Error(String(error))),
    )
    return done
  }

  async function close(): Promise<void> {
    if (file === undefined) return
    file = undefined
    await daqRequest(url, { path: '/plan/disarm', body: {}, timeoutMs: 60_000 })
  }

  return {
    name,
    className: 'DaqDetector',
    // Nothing to plot: an image is no number.
    hints: { fields: [] },
    async describe() {
      const image = await daqRequest(url, { path: '/plan/describe', timeoutMs: 5_000 })
      const [height, width] = image.shape
      return {
        [name]: {
          source: `daq:${image.detector}`,
          dtype: 'array',
          dtype_numpy: numpyTypes[image.dtype] ?? '<u2',
          shape: [imagesPerPoint, height ?? 0, width ?? 0],
          external: 'STREAM:',
        },
      }
    },
    // The pixels are in the file; the documents that announce them come with `collectAssetDocs`.
    read: () => ({}),
    stage: () =>
      status(async () => {
        await close()
        const file_name = `${name}-${randomUUID()}.h5`
        const armed = await daqRequest(url, { path: '/plan/arm', body: { file_name }, timeoutMs: 10_000 })
        file = {
          path: armed.path,
          dataset: armed.dataset,
          resource: randomUUID(),
          isAnnounced: false,
          points: 0,
          announced: 0,
        }
      }),
    trigger: () =>
      status(async () => {
        const open = file
        if (open === undefined)
          throw new DaqError({
            code: 'DAQ_REQUEST_REFUSED',
            message: `${name} was triggered before it was staged`,
            fault: 'caller',
            remedy: 'Stage the detector: the plans of this package do.',
          })
        await daqRequest(url, {
          path: '/plan/trigger',
          body: { images: imagesPerPoint, timeout_ms: timeoutMs },
          timeoutMs: timeoutMs + 5_000,
        })
        open.points += 1
      }),
    unstage: () => status(close),
    *collectAssetDocs(index) {
      if (file === undefined) return
      const stop = Math.min(file.points, index ?? file.points)
      if (stop <= file.announced) return
      if (!file.isAnnounced) {
        file.isAnnounced = true
        yield [
          'stream_resource',
          {
            uid: file.resource,
            data_key: name,
            mimetype: 'application/x-hdf5',
            uri: `file://localhost${encodeURI(file.path)}`,
            parameters: { dataset: file.dataset, chunk_shape: [imagesPerPoint] },
          },
        ]
      }
      yield [
        'stream_datum',
        {
          uid: `${file.resource}/${file.announced}`,
          stream_resource: file.resource,
          descriptor: '',
          indices: { start: file.announced, stop },
          seq_nums: { start: 0, stop: 0 },
        },
      ]
      file.announced = stop
    },
    getIndex: () => file?.points ?? 0,
    stop: close,
  }
}
