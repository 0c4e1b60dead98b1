import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { DaqError } from '../error.ts'
import type { Daq } from '../service/daq.ts'
import { answer, ok, tableOf } from './reply.ts'

/* What our own platform asks for: the detector as a device of plans, and its losses for the control room. */

function refuse(key: string, message: string): DaqError {
  return new DaqError({
    code: 'DAQ_REQUEST_REFUSED',
    message: `${key}: ${message}`,
    fault: 'caller',
    remedy: `Correct ${key}.`,
    key,
  })
}

function wholeNumber(value: unknown, key: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value
  throw refuse(key, `${JSON.stringify(value)} is not a whole number`)
}

/** Room on the disk of a folder; null where that cannot be told. */
async function freeBytes(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder)
    return bavail * bsize
  } catch {
    const above = dirname(folder)
    return above === folder ? null : await freeBytes(above)
  }
}

export function addPlatformRoutes(app: FastifyInstance, daq: Daq): void {
  /** Opens a file for a plan: nothing is recorded until `/plan/trigger` lets images through. */
  app.post('/plan/arm', ({ body }) =>
    answer(async () => {
      const name = tableOf(body)['file_name']
      if (typeof name !== 'string' || !/^[A-Za-z0-9_.-]{1,200}$/.test(name))
        throw refuse('file_name', 'is no name of a file')
      await daq.prepareDirectory()
      const path = `${daq.settings.directory}/${name}`
      await daq.startRun({
        files: { kind: 'single', path },
        layout: 'f2',
        images: undefined,
        allowance: 0,
        runId: Date.now() * 1_000_000,
      })
      const model = daq.pipeline?.model
      return ok('Armed.', {
        path,
        dataset: `/${daq.config.detector_name}/data`,
        shape: [model?.height ?? 0, model?.width ?? 0],
        dtype: model?.pixelType ?? 'u16',
      })
    }),
  )
  /** Records the next images; answers when they are written. */
  app.post('/plan/trigger', ({ body }) =>
    answer(async () => {
      const table = tableOf(body)
      const images = wholeNumber(table['images'] ?? 1, 'images')
      const timeoutMs = wholeNumber(table['timeout_ms'] ?? 10_000, 'timeout_ms')
      return ok('Recorded.', { written: await daq.recordNext(images, timeoutMs) })
    }),
  )
  app.post('/plan/disarm', () =>
    answer(async () => {
      await daq.control.stop()
      return ok('Disarmed.', { writer: daq.control.status() })
    }),
  )
  app.get('/plan/describe', () => {
    const model = daq.pipeline?.model
    return ok('Image.', {
      detector: daq.config.detector_name,
      shape: [model?.height ?? 0, model?.width ?? 0],
      dtype: model?.pixelType ?? 'u16',
    })
  })
  /** Losses and rates of every port. */
  app.get('/daq/losses', async () => {
    const { pipeline } = daq
    const free = await freeBytes(daq.settings.directory)
    return ok('Counters since the start.', {
      receiver: pipeline?.receiverKind ?? 'dgram',
      receive_buffer_bytes: pipeline?.receiveBufferBytes ?? 0,
      ports: (pipeline?.model.ports ?? []).map((port, index) => ({
        module: port.module,
        udp_port: pipeline?.udpPorts[index] ?? 0,
        ...pipeline?.counters.port(index),
      })),
      images: pipeline?.counters.images(),
      masked_pixels: daq.mask.pixels,
      mask_version: daq.mask.version,
      ring_slots: pipeline?.slots ?? 0,
      free_bytes: free,
    })
  })
}
