import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import { basename, join } from 'node:path'
import { mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import {
  daqConfig,
  describeWrittenFile,
  parseDetectorConfig,
  startDaq,
  startSimulator,
  type DetectorConfig,
  type Simulator,
} from '@beamtime/detector-daq'
import {
  closeRedis,
  followStream,
  numberValue,
  openRedis,
  redisAddress,
  serviceLogger,
  textValue,
  type Environment,
  type ProgramTable,
  type ProgramValues,
} from '@beamtime/detector-daq/services'
import { createServiceContext, parseSection } from '@beamtime/service-kit'
import { CliError } from '../error.ts'
import { readJsonFile, readProgram, untilStopped, type StdDaqProgram } from './std-daq-program.ts'

/* std_daq_rest, std_daq_config_deployer, std_daq_udp_simulator, std_daq_file_validator (daq contract 9.1). */

const configWord = { name: 'detector_json_filename', help: 'JSON configuration of the detector' }

function detectorOf(file: string): DetectorConfig {
  return parseDetectorConfig(readJsonFile(file))
}

function redisOption(env: Environment): ProgramTable['options'] {
  const standard = `${env['REDIS_HOST'] ?? '127.0.0.1'}:${env['REDIS_PORT'] ?? '6379'}`
  return {
    redis_url: {
      takes: 'value',
      default: standard,
      help: 'Address of Redis, from REDIS_HOST and REDIS_PORT',
    },
  }
}

/** Runs the whole detector, REST included, from a JSON configuration. */
const rest: StdDaqProgram = async (args, env) => {
  const parsed = readProgram(
    {
      program: 'std_daq_rest',
      description: 'Run a detector with its REST service.',
      positionals: [configWord],
      options: {
        rest_port: { takes: 'number', default: '5000', help: 'Port of the REST service' },
        sim_url_base: {
          takes: 'value',
          default: 'http://localhost:5001',
          help: 'Accepted; the simulator is inside',
        },
        redis_url: { takes: 'value', help: 'Redis for the status and configuration streams (default: none)' },
        live_stream_url: {
          takes: 'value',
          default: 'tcp://127.0.0.1:20000',
          help: 'Live stream, where the configuration has none',
        },
        data: {
          takes: 'value',
          default: join(tmpdir(), 'std-daq'),
          help: 'Folder for state and files without a folder',
        },
      },
    },
    args,
  )
  if (parsed === undefined) return 0
  const { values } = parsed
  const config = detectorOf(parsed.words[0] ?? '')
  const name = config.detector_name
  const streams = Object.keys(config.live_stream_configs).length > 0
  const table = {
    ...Object.fromEntries(Object.entries(config).filter(([key]) => key in daqConfig.fields)),
    ...(streams
      ? {}
      : {
          live_stream_configs: {
            [textValue(values, 'live_stream_url')]: { type: 'periodic', config: [1, 10] },
          },
        }),
    rest: `0.0.0.0:${textValue(values, 'rest_port')}`,
    redis: textValue(values, 'redis_url'),
    rabbitmq: { url: env['BROKER_HOST'] ?? '', tags: [] },
    simulator: { enabled: true },
  }
  const log = serviceLogger(`std_daq_rest ${name}`, 'INFO')
  const { signal, stopped } = untilStopped()
  const dataDir = textValue(values, 'data')
  const context = createServiceContext({ role: `daq@${name}`, dataDir, log, signal })
  const service = await startDaq(
    { name, daq: parseSection(daqConfig, table, { key: `daq.${name}` }) },
    context,
  )
  for (const { name: face, url } of service.endpoints) log.info('listening', { face, url })
  await stopped
  await service.close()
  return 0
}

/** Takes configurations from Redis, writes them to a folder and tells how it went. */
const configDeployer: StdDaqProgram = async (args, env) => {
  const parsed = readProgram(
    {
      program: 'std_daq_config_deployer',
      description: 'Write configurations that come through Redis to files.',
      positionals: [configWord, { name: 'server_name', help: 'Name of this server in the answers' }],
      options: {
        config_folder: { takes: 'value', default: '/etc/std_daq/configs', help: 'Folder of the files' },
        ...redisOption(env),
      },
    },
    args,
  )
  if (parsed === undefined) return 0
  const [file = '', server = ''] = parsed.words
  const { detector_name: detector } = detectorOf(file)
  const folder = textValue(parsed.values, 'config_folder')
  mkdirSync(folder, { recursive: true })
  const { log, redis, follow, stopped } = await openFollower('std_daq_config_deployer', parsed.values)
  const tell = (id: string, message: string): Promise<unknown> =>
    redis.xadd(`daq:config:${id}`, '*', 'server_name', server, 'message', message)
  const follower = follow('daq:config', async (id, text) => {
    await tell(id, 'Deploying')
    try {
      const config = parseDetectorConfig(JSON.parse(text))
      if (config.detector_name !== detector) throw new Error(`${config.detector_name} is not ${detector}`)
      writeFileSync(join(folder, `${detector}.json`), `${JSON.stringify(config, null, 2)}\n`)
      await tell(id, 'Done')
      log.info('config.written', { id, file: `${detector}.json` })
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      log.error('config.refused', { id, key: 'daq:config', message })
      await tell(id, `Error: ${message}`)
    }
  })
  await stopped
  await follower.close()
  await closeRedis(redis)
  return 0
}

/** Looks into every file that a run wrote and reports to Redis. */
const fileValidator: StdDaqProgram = async (args, env) => {
  const parsed = readProgram(
    {
      program: 'std_daq_file_validator',
      description: 'Look into every file that was written and report to Redis.',
      positionals: [configWord],
      options: redisOption(env),
    },
    args,
  )
  if (parsed === undefined) return 0
  const { detector_name: detector } = detectorOf(parsed.words[0] ?? '')
  const { log, redis, follow, stopped } = await openFollower('std_daq_file_validator', parsed.values)
  const follower = follow('daq:log', async (id, text) => {
    const run = JSON.parse(text) as { readonly info?: { readonly output_file?: unknown } }
    const file = run.info?.output_file
    if (typeof file !== 'string') throw new Error('the entry names no output_file')
    const report = await describeWrittenFile(file, detector)
    await redis.xadd(`daq:log:${id}`, '*', 'json', JSON.stringify({ report_type: 'file_validator', report }))
    log.info('file.looked-at', { file: basename(file), ...report })
  })
  await stopped
  await follower.close()
  await closeRedis(redis)
  return 0
}

async function openFollower(
  program: string,
  values: ProgramValues,
): Promise<{
  readonly log: ReturnType<typeof serviceLogger>
  readonly redis: Awaited<ReturnType<typeof openRedis>>
  readonly stopped: Promise<void>
  readonly follow: (
    key: string,
    take: (id: string, json: string) => Promise<void>,
  ) => { close(): Promise<void> }
}> {
  const address = redisAddress(textValue(values, 'redis_url'), '--redis_url')
  const log = serviceLogger(program, 'INFO')
  const redis = await openRedis(address)
  const reader = await openRedis(address)
  const { stopped } = untilStopped()
  log.info('waiting', { redis: `${address.host}:${address.port}` })
  return { log, redis, stopped, follow: (key, take) => followStream(reader, { key, take, log }) }
}

/** Sends packets of a simulated detector; started and stopped over HTTP. */
const udpSimulator: StdDaqProgram = async (args) => {
  const parsed = readProgram(
    {
      program: 'std_daq_udp_simulator',
      description: 'Send packets of a simulated detector: GET /status, POST /start, POST /stop.',
      positionals: [configWord, { name: 'output_ip', help: 'Where the packets go' }],
      options: {
        rest_port: { takes: 'number', default: '5001', help: 'Port of the HTTP service' },
        rate: { takes: 'number', short: 'r', default: '10', help: 'Images a second' },
        file: {
          takes: 'value',
          short: 'f',
          help: 'TIFF file with the picture (not offered: our pictures are made)',
        },
      },
    },
    args,
  )
  if (parsed === undefined) return 0
  if (parsed.values['file'] !== undefined)
    throw new CliError({
      code: 'CLI_USAGE',
      message: '-f: pictures of TIFF files are not sent here',
      remedy: 'leave -f away; the simulator makes its own pictures',
    })
  const [file = '', host = '127.0.0.1'] = parsed.words
  const config = detectorOf(file)
  const rateHz = numberValue(parsed.values, 'rate') ?? 10
  let running: Simulator | undefined
  let sent = 0
  const answer = async (path: string): Promise<object> => {
    if (path === '/start' && running === undefined)
      running = startSimulator({ config, host, rateHz, firstId: sent + 1 })
    if (path === '/stop' && running !== undefined) {
      const stopped = running
      running = undefined
      await stopped.close()
      sent += stopped.images
    }
    const status = running === undefined ? 'READY' : 'STREAMING'
    const simulator = { status, stats: { n_generated_images: sent + (running?.images ?? 0) } }
    return { status: 'ok', message: `Simulator is ${status}.`, simulator }
  }
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    const isKnown =
      path === '/status' || ((path === '/start' || path === '/stop') && request.method === 'POST')
    request.resume()
    response.setHeader('content-type', 'application/json')
    if (!isKnown) {
      response
        .writeHead(404)
        .end(JSON.stringify({ status: 'error', message: `no ${request.method} ${path}` }))
      return
    }
    answer(path).then(
      (body) => response.end(JSON.stringify(body)),
      (error: unknown) => response.end(JSON.stringify({ status: 'error', message: String(error) })),
    )
  })
  await listen(server, numberValue(parsed.values, 'rest_port') ?? 5001)
  await untilStopped().stopped
  await running?.close()
  server.closeAllConnections()
  server.close()
  return 0
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '0.0.0.0')
  try {
    await once(server, 'listening')
  } catch (cause) {
    throw new CliError({
      code: 'CLI_USAGE',
      message: `--rest_port ${port} cannot be listened on: ${cause instanceof Error ? cause.message : String(cause)}`,
      remedy: 'choose another port with --rest_port',
      cause,
    })
  }
  const address = server.address()
  process.stdout.write(`Listening on port ${typeof address === 'object' ? address?.port : port}.\n`)
}

export const serverPrograms: Readonly<Record<string, StdDaqProgram>> = {
  std_daq_rest: rest,
  std_daq_config_deployer: configDeployer,
  std_daq_udp_simulator: udpSimulator,
  std_daq_file_validator: fileValidator,
}
