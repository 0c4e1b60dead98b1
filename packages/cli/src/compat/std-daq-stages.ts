import {
  compressStage,
  configuredStreams,
  convertStage,
  delayStage,
  detectorWriterStage,
  driverStage,
  filterStage,
  h5WriterStage,
  liveStreamStage,
  metadataStreamStage,
  receiveStage,
  refuseBlosc2,
  streamReceiveStage,
  streamSendStage,
  syncMetadataStage,
  syncModuleStage,
  syncPartsStage,
  type StageOptions,
} from '@beamtime/detector-daq/stages'
import { parseDetectorConfig } from '@beamtime/detector-daq'
import {
  numberValue,
  textValue,
  type ProgramOption,
  type ProgramTable,
  type ProgramValues,
} from '@beamtime/detector-daq/services'
import { CliError } from '../error.ts'
import { readJsonFile, readProgram, untilStopped, type StdDaqProgram } from './std-daq-program.ts'

/* The stages of the data plane under the names of the peer's programs (daq contract 18). The first word is the detector's JSON file. */

interface StageInput {
  readonly options: StageOptions
  /** Words behind the configuration. */
  readonly words: readonly string[]
  readonly values: ProgramValues
}

interface StageProgram {
  readonly description: string
  readonly words?: ProgramTable['positionals']
  readonly options?: Readonly<Record<string, ProgramOption>>
  run(input: StageInput): Promise<void>
}

const moduleWord = { name: 'module_id', help: 'Number of the module, from 0' }
const addressWord = { name: 'stream_address', help: 'ZMQ address, such as tcp://HOST:PORT' }
const partWord = { name: 'image_part', help: 'Number of the part, from 0' }
const sourceOption: Readonly<Record<string, ProgramOption>> = {
  source_suffix: { takes: 'value', short: 's', default: 'image', help: 'Stream of images that is taken' },
}

/** Where sockets and rings are; for tests and for two detectors of one name on a host. */
const placeOptions: Readonly<Record<string, ProgramOption>> = {
  ipc_directory: { takes: 'value', default: '/tmp', help: 'Folder of the local sockets' },
  shm_directory: { takes: 'value', default: '/dev/shm', help: 'Folder of the rings' },
}

function count(name: string, word: string | undefined): number {
  const value = Number(word)
  if (word !== undefined && word !== '' && Number.isInteger(value) && value >= 0) return value
  throw new CliError({
    code: 'CLI_USAGE',
    message: `${name}: ${JSON.stringify(word)} is not a whole number`,
    remedy: `correct ${name}`,
  })
}

const receive: StageProgram = {
  description: 'Receive the packets of one module.',
  words: [moduleWord],
  run: ({ options, words }) => receiveStage({ ...options, module: count('module_id', words[0]) }),
}

const convert: StageProgram = {
  description: 'Put the frames of one module into the image.',
  words: [moduleWord],
  run: ({ options, words }) => convertStage({ ...options, module: count('module_id', words[0]) }),
}

const convertJungfrau: StageProgram = {
  ...convert,
  options: {
    gains_and_pedestals: {
      takes: 'value',
      short: 'g',
      default: '',
      help: 'HDF5 file of gains and pedestals',
    },
  },
  run: ({ options, words, values }) =>
    convertStage({
      ...options,
      module: count('module_id', words[0]),
      calibration: textValue(values, 'gains_and_pedestals'),
    }),
}

const synchronise: StageProgram = {
  description: 'Join the modules of an image.',
  options: {
    drop_time: { takes: 'number', default: '1000', help: 'Milliseconds that an image waits for its modules' },
  },
  run: ({ options, values }) =>
    syncModuleStage({ ...options, dropMs: numberValue(values, 'drop_time') ?? 1_000 }),
}

/** Converters of all modules and the synchroniser in one process. */
const assemble: StageProgram = {
  description: 'Assemble the frames of all modules to images.',
  options: { ...convertJungfrau.options, ...synchronise.options },
  async run({ options, values }) {
    const { config } = options
    const ports = config.detector_type === 'gigafrost' ? 16 : config.n_modules
    const calibration = textValue(values, 'gains_and_pedestals')
    await Promise.all([
      syncModuleStage({ ...options, dropMs: numberValue(values, 'drop_time') ?? 1_000 }),
      ...Array.from({ length: ports }, (_, module) => convertStage({ ...options, module, calibration })),
    ])
  },
}

const send: StageProgram = {
  description: 'Send one part of every image to another host.',
  words: [addressWord, partWord],
  run: ({ options, words: [address = '', part] }) =>
    streamSendStage({ ...options, address, part: count('image_part', part) }),
}

const receivePart: StageProgram = {
  description: 'Receive one part of every image from another host.',
  words: [addressWord, partWord],
  run: ({ options, words: [address = '', part] }) =>
    streamReceiveStage({ ...options, address, part: count('image_part', part) }),
}

const live: StageProgram = {
  description: 'Send images to viewers: as live_stream_configs says, or to one address.',
  words: [{ ...addressWord, isOptional: true }],
  options: {
    ...sourceOption,
    data_rate: { takes: 'number', short: 'd', help: 'Images a second at the address (default: all)' },
  },
  run({ options, words: [address], values }) {
    const rateHz = numberValue(values, 'data_rate')
    const selection =
      rateHz === undefined
        ? ({ type: 'forward' } as const)
        : ({ type: 'periodic', count: 1, rateHz } as const)
    const configured = configuredStreams(options.config)
    const streams = address === undefined ? configured : [{ address, selection }]
    if (streams.length === 0)
      throw new CliError({
        code: 'CLI_USAGE',
        message: 'live_stream_configs is empty and no address was given',
        remedy: 'name an address, or configure live_stream_configs',
      })
    return liveStreamStage({ ...options, source: textValue(values, 'source_suffix'), streams })
  },
}

const driverOptions: Readonly<Record<string, ProgramOption>> = {
  ...sourceOption,
  port: { takes: 'number', short: 'p', default: '8080', help: 'Port of the WebSocket' },
  host: { takes: 'value', default: '0.0.0.0', help: 'Address of the WebSocket' },
  number_of_writers: { takes: 'number', short: 'n', help: 'Writers (default: of the configuration)' },
}

const driver: StageProgram = {
  description: 'Drive the writers; clients come by WebSocket.',
  options: driverOptions,
  run({ options, values }) {
    const writers = numberValue(values, 'number_of_writers')
    const config = writers === undefined ? options.config : { ...options.config, number_of_writers: writers }
    return driverStage({
      ...options,
      config,
      source: textValue(values, 'source_suffix'),
      host: textValue(values, 'host'),
      port: numberValue(values, 'port') ?? 8_080,
      onListening: (url) => options.onStatistics(`listening ${url}`),
    })
  },
}

/** By the names of the programs. */
const stages = {
  std_udp_recv_jf: receive,
  std_udp_recv_eg: receive,
  std_udp_recv_gf: receive,
  std_data_convert: convertJungfrau,
  std_data_convert_jf: convertJungfrau,
  std_data_convert_eg: convert,
  std_data_convert_gf: convert,
  std_data_sync: synchronise,
  std_data_sync_module: synchronise,
  std_assembler: assemble,
  std_data_sync_stream: {
    description: 'Join the parts of images that another host sent.',
    run: ({ options }) => syncPartsStage(options),
  },
  std_data_sync_metadata: {
    description: 'Bring whole images of several senders into the order of their metadata.',
    words: [{ name: 'metadata_stream_address', help: 'ZMQ address of the metadata' }],
    run: ({ options, words: [metadataAddress = ''] }) => syncMetadataStage({ ...options, metadataAddress }),
  },
  std_metadata_stream: {
    description: 'Send the metadata of every image to other hosts.',
    words: [addressWord],
    run: ({ options, words: [address = ''] }) => metadataStreamStage({ ...options, address }),
  },
  std_data_compress_h5bitshuffle_lz4: {
    description: 'Compress images to chunks of HDF5 filter 32008.',
    options: {
      threads: { takes: 'number', short: 't', default: '1', help: 'Accepted; one thread compresses' },
    },
    run: ({ options }) => compressStage(options),
  },
  std_data_compress_blosc2: {
    description: 'Not offered: there is no blosc2 codec.',
    options: { threads: { takes: 'number', short: 't', default: '1', help: 'Threads' } },
    run: () => Promise.resolve().then(refuseBlosc2),
  },
  std_gf_filter: {
    description: 'Pass the images that the camera wants stored.',
    options: { ...sourceOption, no_filter: { takes: 'flag', short: 'n', help: 'Pass all images' } },
    run: ({ options, values }) =>
      filterStage({
        ...options,
        source: textValue(values, 'source_suffix'),
        isOff: values['no_filter'] === true,
      }),
  },
  std_delay_filter: {
    description: 'Pass the metadata of images after delay_filter_timeout.',
    options: sourceOption,
    run: ({ options, values }) => delayStage({ ...options, source: textValue(values, 'source_suffix') }),
  },
  std_live_stream: live,
  std_stream_send: send,
  std_stream_receive: receivePart,
  std_stream_recv: receivePart,
  std_det_driver: driver,
  std_det_writer: {
    description: 'Write images as std_det_driver says.',
    words: [{ name: 'writer_id', help: 'Number of the writer, from 0', isOptional: true }],
    options: sourceOption,
    run: ({ options, words: [index = '0'], values }) =>
      detectorWriterStage({
        ...options,
        index: count('writer_id', index),
        source: textValue(values, 'source_suffix'),
      }),
  },
  std_h5_writer: {
    description: 'Write images as a writer agent of 2021-22 says.',
    run: ({ options }) => h5WriterStage(options),
  },
} as const satisfies Record<string, StageProgram>

function program(name: string, stage: StageProgram): StdDaqProgram {
  return async (args) => {
    const parsed = readProgram(
      {
        program: name,
        description: stage.description,
        positionals: [
          { name: 'detector_json_filename', help: 'JSON configuration of the detector' },
          ...(stage.words ?? []),
        ],
        options: { ...stage.options, ...placeOptions },
      },
      args,
    )
    if (parsed === undefined) return 0
    const { values, words } = parsed
    const [file = '', ...rest] = words
    const { signal } = untilStopped()
    const options = {
      config: parseDetectorConfig(readJsonFile(file)),
      signal,
      onStatistics: (line: string) =>
        void process.stderr.write(`${logTime(new Date())}[${name}][info] ${line}\n`),
      ipcDirectory: textValue(values, 'ipc_directory'),
      shmDirectory: textValue(values, 'shm_directory'),
    }
    await stage.run({ options, words: rest, values })
    return 0
  }
}

/** `[MM-DD HH:MM:SS.mmm]`, as the peer's lines begin. */
function logTime(date: Date): string {
  const two = (number: number, digits = 2): string => String(number).padStart(digits, '0')
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => two(part)).join(':')
  return `[${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}.${two(date.getMilliseconds(), 3)}]`
}

export const stagePrograms: Readonly<Record<string, StdDaqProgram>> = Object.fromEntries(
  Object.entries(stages).map(([name, stage]) => [name, program(name, stage)]),
)
