import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { openBus } from '@beamtime/bus'
import { createHdf5Reader } from '@beamtime/hdf5'
import { listenFailure } from '@beamtime/service-kit'
import type { RunningService, ServiceContext } from '@beamtime/service-kit'
import { buildApp } from './app.ts'
import { singleUserAuthority } from './auth/authority.ts'
import { loginRecords } from './auth/login-records.ts'
import { singleUserKey } from './auth/single-user-key.ts'
import { keepConsole } from './console/console-log.ts'
import { watchDetector } from './detectors/detector-watch.ts'
import { framesRoute } from './detectors/frames-socket.ts'
import { imageViews } from './detectors/image-views.ts'
import { GatewayError } from './error.ts'
import { formLibrary } from './forms/form-library.ts'
import { tlsMaterial } from './http/tls.ts'
import { channelsOf } from './live/channels/registry.ts'
import { peerSockets } from './live/peer-sockets.ts'
import { serveSockets, type SocketServerOptions } from './live/socket-server.ts'
import { openDashboards, type DashboardListeners } from './livedata/dashboard-listeners.ts'
import { liveInstruments } from './livedata/live-instruments.ts'
import { uiSocket } from './live/ui-socket.ts'
import type { GatewayConfig, GatewayParts } from './parts.ts'
import { createEstimates } from './queue/estimates.ts'
import { mirrorHistory } from './queue/history-mirror.ts'
import { liveStatus } from './queue/live-status.ts'
import { planPoints } from './queue/plan-points.ts'
import { openQueueLink } from './queue/queue-link.ts'
import { mirrorQueue } from './queue/queue-mirror.ts'
import { followRuns } from './runs/run-feed.ts'
import { runLibrary } from './runs/run-library.ts'
import { openAuditLog } from './services/audit-log.ts'
import { logFiles } from './services/log-files.ts'
import { watchServices } from './services/service-watch.ts'
import { supervisorOf } from './services/supervisor.ts'
import { streamParts } from './streams/stream-parts.ts'
import { openGatewayStore } from './store/gateway-store.ts'
import { userSettings } from './store/user-settings.ts'

/** Starts the gateway. It needs neither manager nor bus nor store to be there; each is found when it comes. Rejects with
 * GATEWAY_CONFIG_INVALID, and with CONFIG_ADDRESS_IN_USE of service-kit when the port is taken. */
export async function startGateway(config: GatewayConfig, context: ServiceContext): Promise<RunningService> {
  const opened = openParts(config, context)
  const { parts } = opened
  try {
    let dashboards: DashboardListeners | null = null
    const { app, web } = await buildApp(parts, (request) => dashboards?.placeOf(request))
    const ui = uiSocket({
      channels: channelsOf(parts),
      boot: parts.boot,
      build: () => web.build,
      log: context.log,
    })
    const socketOptions: SocketServerOptions = {
      routes: {
        '/api/ui/ws': ui.route,
        '/api/ui/frames': framesRoute(parts.images, parts.detectors.addresses),
        ...peerSockets(parts.link, parts.console),
      },
      authority: parts.authority,
      loginCookie: parts.loginCookie,
      allowOrigins: [...config.http.allow_origins, ...publicOrigin(config.http.public_url)],
      onError: (error) => context.log.error('socket.failed', { err: error }),
    }
    const sockets = serveSockets(app.server, socketOptions)
    const url = await listen(() => app.listen(addressOf(config.http.listen)), config)
    dashboards = await openDashboards({
      instruments: parts.livedata.list,
      serve: (request, response) => app.routing(request, response),
      sockets: (server) => serveSockets(server, socketOptions),
    }).catch(async (error: unknown) => {
      await app.close()
      throw error
    })
    const listeners = dashboards
    watchConnections(context, sockets)
    context.log.info('gateway.listening', { url })
    let closing: Promise<void> | null = null
    const close = async (): Promise<void> => {
      ui.close()
      sockets.close()
      await listeners.close()
      await app.close()
      await opened.close()
    }
    return {
      endpoints: [{ name: 'http', url }, ...listeners.endpoints],
      status: () => `${sockets.connections} sockets`,
      close: () => (closing ??= close()),
    }
  } catch (error) {
    await opened.close()
    throw error
  }
}

function openParts(
  config: GatewayConfig,
  context: ServiceContext,
): { readonly parts: GatewayParts; close(): Promise<void> } {
  const main = config.queues.find((queue) => queue.name === config.http.queue) ?? config.queues[0]
  if (main === undefined)
    throw new GatewayError({
      code: 'GATEWAY_CONFIG_INVALID',
      message: 'there is no queue to serve',
      remedy: 'Write a table [queue.main] or [http.manager].',
    })
  const stop = new AbortController()
  const database = openGatewayStore(join(context.dataDir, 'state', 'http.sqlite'))
  const group = groupOf(config)
  const { key } = singleUserKey(config.auth.single_user_key, context.dataDir)
  const authority = singleUserAuthority({
    key,
    anonymous: config.auth.anonymous,
    group,
    logins: loginRecords(database),
  })
  const link = openQueueLink(main)
  const otherLinks = config.queues.filter((queue) => queue !== main).map((queue) => openQueueLink(queue))
  const queue = mirrorQueue(link)
  const history = mirrorHistory(link)
  const estimates = createEstimates(planPoints)
  const library = runLibrary(config.catalogs)
  const bus = config.bus === null ? null : openBus(config.bus)
  const feed = followRuns({
    bus,
    topics: config.catalogs.map((catalog) => catalog.topic),
    library,
    log: context.log,
    signal: stop.signal,
    onBus: (connected) => context.health.set('bus', { ok: connected }),
  })
  const status = liveStatus({ link, queue, history, estimates, documents: feed.progress })
  const stopHealth = link.onReachability(({ reachable }) => context.health.set('manager', { ok: reachable }))
  const console = keepConsole(link)
  const services = watchServices(config.services, ownService(context, config.build.version))
  const addresses = config.detectors ?? []
  const detectors = { addresses, watches: new Map(addresses.map((one) => [one.id, watchDetector(one)])) }
  const livedata = liveInstruments(config.livedata ?? [], context.log)
  const images = imageViews((error) => context.log.error('images.failed', { err: error }))
  const files = createHdf5Reader({ roots: config.http.file_roots })
  const streams =
    config.bus === null
      ? null
      : streamParts({
          bus: config.bus,
          registryUrl: config.registryUrl ?? '',
          runtimeDir: context.runtimeDir,
          log: context.log,
        })
  const parts: GatewayParts = {
    config,
    versionInfo: { ...config.build, node: process.versions.node, role: context.role },
    boot: randomUUID(),
    tls: tlsMaterial(config.http.tls),
    log: context.log,
    metrics: context.metrics,
    health: context.health,
    authority,
    loginCookie: `${config.facility.instrument_id}_ui`,
    link,
    otherLinks,
    queue,
    history,
    status,
    estimates,
    console,
    forms: formLibrary(link),
    library,
    feed,
    services,
    supervisor: supervisorOf(context.runtimeDir),
    logs: logFiles(join(context.dataDir, 'logs')),
    audit: openAuditLog(database),
    settings: userSettings(database),
    detectors,
    livedata,
    images,
    files,
    streams,
  }
  const close = async (): Promise<void> => {
    stop.abort()
    stopHealth()
    services.close()
    status.close()
    queue.close()
    history.close()
    console.close()
    await Promise.all([link, ...otherLinks].map((one) => one.close()))
    for (const watch of detectors.watches.values()) watch.close()
    await livedata.close()
    await images.close()
    await files.close()
    await streams?.close()
    await bus?.close()
    await feed.done
    library.close()
    database.close()
  }
  return { parts, close }
}

function groupOf(config: GatewayConfig): string {
  const group = config.resources?.args['default_group']
  return typeof group === 'string' && /^[a-zA-Z_]\w*$/.test(group) ? group : 'primary'
}

function ownService(context: ServiceContext, version: string): Parameters<typeof watchServices>[1] {
  return {
    role: context.role,
    state: () => {
      const { rss, heapUsed } = process.memoryUsage()
      return {
        version,
        pid: process.pid,
        uptimeS: Math.round(process.uptime()),
        checks: {},
        summary: null,
        sample: { cpu: null, rssBytes: rss, heapBytes: heapUsed, loopLagMs: null },
      }
    },
  }
}

function watchConnections(context: ServiceContext, sockets: { readonly connections: number }): void {
  const gauge = context.metrics.gauge('beamtime_http_sockets', 'Open WebSockets.')
  context.metrics.onCollect(() => gauge.set({}, sockets.connections))
}

/** Behind a proxy pages have its origin, which differs from the host that we see. */
function publicOrigin(url: string): readonly string[] {
  return URL.canParse(url) ? [new URL(url).origin] : []
}

function addressOf(listen: string): { readonly host: string; readonly port: number } {
  const at = listen.lastIndexOf(':')
  return { host: listen.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(listen.slice(at + 1)) }
}

async function listen(start: () => Promise<string>, config: GatewayConfig): Promise<string> {
  try {
    return await start()
  } catch (error) {
    throw listenFailure(error, { key: 'http.listen', address: config.http.listen })
  }
}
