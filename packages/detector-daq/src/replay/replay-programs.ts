import { join } from 'node:path'
import { detectorModel } from '../core/detector-model.ts'
import { BufferDriver } from '../replay/buffer-driver.ts'
import { openBufferIndex } from '../replay/buffer-index.ts'
import { BufferReader } from '../replay/buffer-reader.ts'
import { BufferRecorder } from '../replay/buffer-recorder.ts'
import { numberValue, textValue } from '../services/program-arguments.ts'
import { AttachedStream } from './attached-stream.ts'
import { LocalStream } from './local-stream.ts'
import { configWord, type ReplayProgram } from './replay-program.ts'
import { imageStream } from './stream-place.ts'

/* The replay buffer (daq contract 15): record everything for some hours, play back what is asked for. */

const bufferOptions = {
  root_dir: { takes: 'value', help: 'folder of the images', default: '.' },
  db_address: {
    takes: 'value',
    help: 'Redis of the index, or sqlite:FILE',
    default: 'sqlite:replay-buffer.sqlite',
  },
} as const

async function untilEnd(work: Promise<void>, close: () => Promise<void>): Promise<void> {
  try {
    await work
  } finally {
    await close()
  }
}

const hourMs = 3_600_000

const bufferWriter: ReplayProgram = {
  table: {
    program: 'std_buffer_writer',
    description: 'Records every image of a detector.',
    positionals: [configWord],
    options: {
      ...bufferOptions,
      ttl: { takes: 'number', short: 't', help: 'hours that images are kept', default: '1' },
    },
  },
  start: async ({ config, values, place, log }) => {
    const detector = config.detector_name
    const keepMs = (numberValue(values, 'ttl') ?? 1) * hourMs
    const index = await openBufferIndex(textValue(values, 'db_address'), { detector, keepMs })
    const { imageBytes } = detectorModel(config)
    const root = textValue(values, 'root_dir')
    const recorder = new BufferRecorder({ root, detector, index, keepMs, imageBytes })
    const attached = new AttachedStream(imageStream(config, place))
    const record = async (): Promise<void> => {
      for await (const image of attached.images()) await recorder.record(image)
    }
    const timer = setInterval(() => {
      const { images, bytes } = recorder
      log('buffer.recorded', { images, bytes, bad: attached.bad })
    }, config.stats_collection_period * 1_000)
    const ended = untilEnd(record(), async () => {
      clearInterval(timer)
      await recorder.close()
      await index.close()
    })
    return {
      ended,
      close: async () => {
        attached.close()
        await ended
      },
    }
  },
}

function driverAddress(directory: string, detector: string): string {
  return `ipc://${join(directory, `${detector}-driver`)}`
}

const bufferReader: ReplayProgram = {
  table: {
    program: 'std_buffer_reader',
    description: 'Publishes recorded images when it is asked for them.',
    positionals: [configWord],
    options: bufferOptions,
  },
  start: async ({ config, values, place, log }) => {
    const detector = config.detector_name
    const index = await openBufferIndex(textValue(values, 'db_address'), { detector, keepMs: hourMs })
    const stream = imageStream(config, place)
    const local = await LocalStream.open(stream)
    const root = textValue(values, 'root_dir')
    const reader = new BufferReader({ root, detector, imageBytes: stream.slotBytes, index, stream: local })
    await reader.bind(driverAddress(place.ipcDirectory, detector))
    const ended = untilEnd(reader.serve(), async () => {
      local.close()
      await index.close()
      log('buffer.reader-ended', { images: reader.images, lost: reader.lost })
    })
    return {
      ended,
      close: async () => {
        reader.close()
        await ended
      },
    }
  },
}

const bufferDriver: ReplayProgram = {
  table: {
    program: 'std_buffer_driver',
    description: 'Plays recorded images back to whoever pulls, when a WebSocket client asks for it.',
    positionals: [configWord],
    options: {
      stream_address: {
        takes: 'value',
        help: 'ZMQ address of the images (PUSH)',
        default: 'tcp://127.0.0.1:20001',
      },
      port: { takes: 'number', short: 'p', help: 'WebSocket port', default: '8080' },
      host: { takes: 'value', help: 'WebSocket address', default: '127.0.0.1' },
    },
  },
  start: async ({ config, values, place, log }) => {
    const driver = new BufferDriver({
      stream: imageStream(config, place),
      readerAddress: driverAddress(place.ipcDirectory, config.detector_name),
      pushAddress: textValue(values, 'stream_address'),
      websocket: { host: textValue(values, 'host'), port: numberValue(values, 'port') ?? 8_080 },
    })
    log('buffer.driver-ready', await driver.open())
    const { promise: ended, resolve } = Promise.withResolvers<void>()
    return {
      ended,
      close: async () => {
        await driver.close()
        resolve()
      },
    }
  },
}

/** The programs of the replay buffer by their names. */
export const replayPrograms: Readonly<Record<string, ReplayProgram>> = {
  std_buffer_writer: bufferWriter,
  std_buffer_reader: bufferReader,
  std_buffer_driver: bufferDriver,
}
