import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { createHealth, createLogger, logLevels, type LogConfig, type Logger } from '@beamtime/service-kit'
import { captureConsole } from './console/console-capture.ts'
import { WorkerHostError } from './error.ts'
import { watchForEnd } from './host/end-watch.ts'
import { openHealthEndpoint } from './host/health-endpoint.ts'
import { keepRunningOnUserErrors, prepareProcess } from './host/process-setup.ts'
import { createWorkerHost } from './host/worker-host.ts'
import { workerVoice } from './host/log-line.ts'
import { engineMaker } from './host/engine-maker.ts'
import { createWorkerServer } from './server/worker-server.ts'
import { openSpooledSink } from './sink/open-sink.ts'
import { busTransport } from './sink/sink-transport.ts'
import type { ProxyPublisher } from './sink/proxy-publisher.ts'
import { parseWorkerSpec, type WorkerSpec } from './worker-spec.ts'

/** Entry of `beamtime worker-host --spec FILE [--socket PATH] [--drain]`. With `--drain` no engine is started: what dead
 * hosts left in the spool is sent and their open runs are closed. Ends the process: 0 done, 1 startup failed, the
 * engine died or a drain could not be finished, 78 an unusable spec file. */
export async function runWorkerHost(argv: readonly string[]): Promise<never> {
  const { values } = parseArgs({
    args: [...argv],
    options: { socket: { type: 'string' }, spec: { type: 'string' }, drain: { type: 'boolean' } },
  })
  const spec = readSpec(values.spec, values.socket)
  const log = createLogger({ role: `worker@${spec.queue}`, config: logConfigOf(spec) })
  process.title = `beamtime worker@${spec.queue}`
  try {
    process.exit(values.drain === true ? await drainOnly(spec, log) : await serve(spec, log))
  } catch (error) {
    log.error('worker.start-failed', { err: error })
    process.exit(1)
  }
}

/** How long a drain waits for a bus that is away. */
const drainMs = 600_000

async function drainOnly(spec: WorkerSpec, log: Logger): Promise<number> {
  const transport = busTransport({ bus: spec.bus, topic: spec.topic, log })
  const sink = openSpooledSink({ spec, transport, log, onState: () => undefined })
  const endWatch = watchForEnd({ supervisorPid: spec.supervisorPid })
  const sent = await Promise.race([sink.flush(drainMs), endWatch.requested])
  endWatch.close()
  await sink.close()
  return sent === true ? 0 : 1
}

async function serve(spec: WorkerSpec, log: Logger): Promise<number> {
  const server = createWorkerServer({
    log,
    hello: () => host.greeting(),
    handle: (op, params) => host.handle(op, params),
  })
  const capture = captureConsole((text) => server.console(text))
  keepRunningOnUserErrors(log)
  const print = (text: string): boolean => process.stdout.write(text)
  const say = workerVoice(spec.log.level, print)
  const cwd = prepareProcess(spec, say)
  const makeEngine = await engineMaker({ spec, cwd, log, print })
  const health = createHealth()
  const sink = spec.publishDocuments
    ? openSpooledSink({
        spec,
        transport: busTransport({ bus: spec.bus, topic: spec.topic, log }),
        log,
        onState(state) {
          health.set('bus', { ok: state.ok, detail: state.detail })
          server.send({
            event: 'sink',
            ok: state.ok,
            spooled: state.ok ? 0 : state.pending,
            detail: state.detail,
          })
        },
      })
    : null
  const proxy = await proxyOf(spec)
  const host = createWorkerHost({
    queue: spec.queue,
    runMetadata: spec.runMetadata,
    permissions: spec.permissions,
    log,
    sink,
    proxy,
    print,
    say,
    send: (event) => server.send(event),
    makeEngine,
  })
  await server.listen(spec.socket)
  const endWatch = watchForEnd({ supervisorPid: spec.supervisorPid })
  const endpoint = await openHealthEndpoint({
    queue: spec.queue,
    runtimeDir: spec.runtimeDir,
    health,
    sink,
    documents: () => host.documents,
    log,
  })
  log.info('worker.started', {
    socket: spec.socket,
    topic: spec.topic,
    worker: spec.worker,
    startup: spec.startup.kind,
  })
  let end: string | null = null

  const opened = await Promise.race([host.open(), endWatch.requested.then(() => 'ended' as const)])
  if (opened === true) {
    const reason = await Promise.race([endWatch.requested, host.finished])
    log.info('worker.ending', { reason })
    end = reason
    if (reason !== 'closed' && reason !== 'gone') await host.drain(spec.onShutdown, spec.shutdownMs)
  } else if (opened === false) {
    // A manager that is just connecting shall hear why.
    const timeout = later(server.isConnected ? 2_000 : 10_000)
    await Promise.race([endWatch.requested, host.finished, timeout])
  }
  await host.close()
  // With the bus away this would be waiting for nothing: the next host sends what is on disk.
  await sink?.flush(sink.state.ok ? 3_000 : 200)
  await sink?.sync()
  await sink?.close()
  await proxy?.close()
  endWatch.close()
  await endpoint?.close()
  await server.close()
  capture.close()
  log.info('worker.ended')
  return opened === false || end === 'gone' ? 1 : 0
}

/** The Python engine publishes to a proxy by itself, with Bluesky's own publisher. */
async function proxyOf({ worker, zmqProxy = '' }: WorkerSpec): Promise<ProxyPublisher | null> {
  if (worker !== 'native' || zmqProxy === '') return null
  const { openProxyPublisher } = await import('./sink/proxy-publisher.ts')
  return openProxyPublisher(zmqProxy)
}

function readSpec(path: string | undefined, socket: string | undefined): WorkerSpec {
  try {
    if (path === undefined) throw new Error('--spec FILE is missing')
    const raw: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return parseWorkerSpec(
      typeof raw === 'object' && raw !== null && socket !== undefined ? { ...raw, socket } : raw,
    )
  } catch (error) {
    const text = error instanceof WorkerHostError ? `${error.message}\n${error.remedy}` : String(error)
    process.stderr.write(`beamtime worker-host: ${text}\n`)
    process.exit(78)
  }
}

function logConfigOf(spec: WorkerSpec): LogConfig {
  const { format } = spec.log
  return {
    level: logLevels.find((level) => level === spec.log.level) ?? 'info',
    format: format === 'text' || format === 'json' || format === 'journald' ? format : 'auto',
  }
}

function later(ms: number): Promise<'timeout'> {
  return new Promise((resolve) => setTimeout(() => resolve('timeout'), ms))
}
