import { appendFileSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { caOptionsFromEnvironment, createCaContext } from '@beamtime/channel-access'
import {
  BrokerClient,
  brokerOfSetup,
  brokerOption,
  detectorWriterService,
  epicsBufferConfig,
  EpicsValidator,
  epicsWriterService,
  isYes,
  noopService,
  openRedisEntryStore,
  openSqliteEntryStore,
  redisOfEnvironment,
  restWriter,
  runServiceFunctions,
  serviceSetup,
  startEpicsBuffer,
  textValue,
  type EntryStore,
  type Environment,
  type PrimaryService,
  type ProgramTable,
  type ServiceContext,
  type ServiceSetup,
} from '@beamtime/detector-daq/services'
import { untilStopped, type StdDaqProgram } from './std-daq-program.ts'

/* The services of the container: buffer, writer, validator, writer_agent, noop (daq contract 9, 13, 14). */

const perfLog = '/var/log/std-daq/perf.log'

const storeOption = {
  store: {
    takes: 'value',
    help: 'SQLite file instead of Redis (default: state/epics-buffer.sqlite where REDIS_SKIP is set)',
  },
} as const satisfies ProgramTable['options']

type Work = (setup: ServiceSetup, signal: AbortSignal, env: Environment) => Promise<void>

/** Sets the service up and runs it until a signal. */
function service(table: (env: Environment) => ProgramTable, work: Work): StdDaqProgram {
  return async (args, env) => {
    const setup = serviceSetup(table(env), args, env)
    if (setup.kind === 'help') {
      process.stdout.write(setup.text)
      return 0
    }
    const { signal } = untilStopped()
    await work(setup, signal, env)
    return 0
  }
}

function openStore({ values }: ServiceSetup, env: Environment): Promise<EntryStore> {
  const given = textValue(values, 'store')
  if (given === '' && !isYes(env['REDIS_SKIP'])) return openRedisEntryStore(redisOfEnvironment(env))
  return Promise.resolve(
    openSqliteEntryStore({ path: given === '' ? join('state', 'epics-buffer.sqlite') : given }),
  )
}

function contextOf({ name, config, values, log }: ServiceSetup, signal: AbortSignal): ServiceContext {
  return { name, config, args: values, log, signal }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** Statistics lines go to the performance log of the container; where that cannot be, into the log. */
function statisticsTo({ values, log }: ServiceSetup): (line: string) => void {
  const path = textValue(values, 'perf_log')
  let isUsable = true
  try {
    mkdirSync(dirname(path), { recursive: true })
  } catch {
    isUsable = false
  }
  return (line) => {
    try {
      if (!isUsable) throw new Error('not usable')
      appendFileSync(path, `${line}\n`)
    } catch {
      isUsable = false
      log.info('statistics', { line })
    }
  }
}

const buffer = service(
  () => ({
    program: 'buffer',
    description: 'Keep the values of EPICS PVs in Redis or a file.',
    positionals: [],
    options: {
      ...storeOption,
      perf_log: { takes: 'value', default: perfLog, help: 'File for the statistics' },
    },
  }),
  async (setup, signal, env) => {
    const config = epicsBufferConfig(setup.config)
    const store = await openStore(setup, env)
    const context = createCaContext(caOptionsFromEnvironment(env))
    const running = startEpicsBuffer({
      name: setup.name,
      config,
      context,
      store,
      log: setup.log,
      onStatistics: statisticsTo(setup),
    })
    try {
      await untilAborted(signal)
    } finally {
      await running.close()
      await context.close()
      await store.close()
    }
  },
)

const writer = service(
  (env) => ({
    program: 'writer',
    description: 'Write buffered EPICS values to HDF5 files on requests of the broker.',
    positionals: [],
    options: { ...brokerOption(env), ...storeOption },
  }),
  async (setup, signal, env) => {
    const store = await openStore(setup, env)
    try {
      const place = { address: brokerOfSetup(setup.values, env) }
      await runServiceFunctions(epicsWriterService(store, setup.log), contextOf(setup, signal), place)
    } finally {
      await store.close()
    }
  },
)

const validator = service(
  (env) => ({
    program: 'validator',
    description: 'Tell in the run log of each request what an EPICS writer wrote.',
    positionals: [{ name: 'primary_service_name', help: 'Name of the writer' }],
    options: brokerOption(env),
  }),
  async (setup, signal, env) => {
    const validating = new EpicsValidator({ primary: setup.words[0] ?? '', log: setup.log })
    const client = await BrokerClient.open({
      address: brokerOfSetup(setup.values, env),
      tag: '#',
      onStatus: (status) => validating.hear(status),
      onState: (state, reason) => setup.log.info(`broker.${state}`, { reason }),
    })
    await untilAborted(signal)
    await client.close()
    await validating.close()
  },
)

/** The two names of the peer's command line; the name of the service may be given before the options as well. */
const writerAgent = service(
  (env) => ({
    program: 'writer_agent',
    description: 'Write files of a detector on requests of the broker.',
    positionals: [
      { name: 'service_name', help: 'Name of the service' },
      { name: 'detector_name', help: 'Name of the detector, the tag of its requests' },
    ],
    options: {
      ...brokerOption(env),
      api_url: {
        takes: 'value',
        default: env['STD_DAQ_API_URL'] ?? 'http://127.0.0.1:5000',
        help: 'REST address of the detector, from STD_DAQ_API_URL',
      },
    },
  }),
  async (setup, signal, env) => {
    const [name = setup.name, detector = ''] = setup.words
    const agent = detectorWriterService(restWriter(textValue(setup.values, 'api_url')))
    const place = { address: brokerOfSetup(setup.values, env), tags: [detector] }
    await runServiceFunctions(agent, { ...contextOf(setup, signal), name }, place)
  },
)

function primary(name: string, functions: PrimaryService): StdDaqProgram {
  return service(
    (env) => ({
      program: name,
      description: 'Take requests and do nothing.',
      positionals: [],
      options: brokerOption(env),
    }),
    (setup, signal, env) =>
      runServiceFunctions(functions, contextOf(setup, signal), { address: brokerOfSetup(setup.values, env) }),
  )
}

/** By the commands of the container. */
export const servicePrograms: Readonly<Record<string, StdDaqProgram>> = {
  buffer,
  writer,
  validator,
  writer_agent: writerAgent,
  noop: primary('noop', noopService),
}
