import type {
  Bootstrap,
  ConsoleChunk,
  HistoryEvent,
  HistoryItem,
  HistorySnap,
  LiveStatus,
  QueueEvent,
  QueueSnap,
  RunsEvent,
  RunsSnap,
  RunSummary,
  ServicesAnswer,
} from '@beamtime/http-gateway/ui-types'
import { QueryClient } from '@tanstack/react-query'
import { createStore, type StoreApi } from 'zustand/vanilla'
import { createHttpClient, HttpError, type HttpClient } from '../net/http-client.ts'
import {
  openSocketClient,
  type ConnectionState,
  type SocketClient,
  type Subscription,
} from '../net/socket-client.ts'
import type { Transport } from '../net/transport.ts'
import { consoleBuffer, type ConsoleBuffer } from '../stores/console-buffer.ts'
import { createFrameLoop, type FrameLoop } from '../stores/frame-loop.ts'
import { createNoticesStore, type NoticesStore } from '../stores/notices-store.ts'
import { createPrefsStore, type Prefs } from '../stores/prefs-store.ts'
import { createQueueStore, type QueueStore } from '../stores/queue-store.ts'
import { setZone } from '../text/format-time.ts'

export interface SessionView {
  /** `out`: the login page; `expired`: the login lies over the page; `unreachable`: bootstrap failed. */
  readonly phase: 'loading' | 'in' | 'out' | 'expired' | 'unreachable'
  readonly bootstrap: Bootstrap | null
  readonly scopes: ReadonlySet<string>
  readonly error: string | null
}

export interface ConnectionView {
  readonly state: ConnectionState
  /** Local time of the last frame before the connection was lost. */
  readonly lostSinceMs: number
  readonly hasNewBuild: boolean
}

export interface HistoryHead {
  readonly uid: string
  readonly total: number
  readonly items: readonly HistoryItem[]
}

/** Everything that lives as long as the page: transport, stores, caches. Made once and handed down, so tests can have many. */
export interface ControlRoom {
  readonly http: HttpClient
  /** Whether workers can open sockets to the same server. */
  readonly hasWorkers: boolean
  readonly queries: QueryClient
  readonly frames: FrameLoop
  readonly prefs: StoreApi<Prefs>
  readonly session: StoreApi<SessionView>
  readonly connection: StoreApi<ConnectionView>
  readonly status: StoreApi<{ readonly status: LiveStatus | null }>
  readonly queue: QueueStore
  readonly history: StoreApi<HistoryHead>
  /** The newest run that is open. */
  readonly activeRun: StoreApi<{ readonly run: RunSummary | null }>
  readonly services: StoreApi<{ readonly answer: ServicesAnswer | null; readonly receivedMs: number }>
  readonly consoleLines: ConsoleBuffer
  readonly notices: NoticesStore
  /** Server time now, from the offset of the heartbeats. */
  readonly serverNow: () => number
  readonly socket: () => SocketClient | undefined
  readonly can: (scope: string) => boolean
  /** Reads bootstrap and, when logged in, opens the socket. Called at start and after each login. */
  readonly start: () => Promise<void>
  readonly logOut: () => Promise<void>
  readonly close: () => void
}

export interface ControlRoomOptions {
  readonly transport: Transport
  readonly storage: Pick<Storage, 'getItem' | 'setItem'>
  readonly requestFrame: (callback: (nowMs: number) => void) => unknown
}

export function createControlRoom({ transport, storage, requestFrame }: ControlRoomOptions): ControlRoom {
  const session = createStore<SessionView>(() => ({
    phase: 'loading',
    bootstrap: null,
    scopes: new Set(),
    error: null,
  }))
  const connection = createStore<ConnectionView>(() => ({
    state: 'connecting',
    lostSinceMs: 0,
    hasNewBuild: false,
  }))
  const status = createStore<{ readonly status: LiveStatus | null }>(() => ({ status: null }))
  const history = createStore<HistoryHead>(() => ({ uid: '', total: 0, items: [] }))
  const activeRun = createStore<{ readonly run: RunSummary | null }>(() => ({ run: null }))
  const services = createStore<{ readonly answer: ServicesAnswer | null; readonly receivedMs: number }>(
    () => ({
      answer: null,
      receivedMs: 0,
    }),
  )
  const queue = createQueueStore()
  const consoleLines = consoleBuffer()
  const notices = createNoticesStore()
  const queries = new QueryClient({
    defaultOptions: { queries: { retry: shouldRetry, staleTime: 10_000, refetchOnWindowFocus: false } },
  })
  let socket: SocketClient | undefined
  let clockOffsetMs = 0
  let boot = ''

  const expire = (): void => {
    const { phase } = session.getState()
    if (phase === 'in') session.setState({ phase: 'expired' })
  }
  const http = createHttpClient({ transport, onUnauthorized: expire })

  function openSocket(): SocketClient {
    return openSocketClient({
      transport,
      path: '/api/ui/ws',
      onState: (state, sinceMs) => connection.setState({ state, lostSinceMs: sinceMs }),
      onClockOffset: (offsetMs) => {
        // Small differences are the network; following them would make ages jitter.
        if (Math.abs(offsetMs - clockOffsetMs) > 250) clockOffsetMs = offsetMs
      },
      onHello: (hello) => {
        if (boot !== '' && hello.boot !== boot) void queries.invalidateQueries()
        boot = hello.boot
        const known = session.getState().bootstrap?.build
        if (known !== undefined && hello.build !== known) connection.setState({ hasNewBuild: true })
      },
      onRefused: () => void checkLogin(),
    })
  }

  /** A refused socket means a lost login only if a plain request is refused too. */
  async function checkLogin(): Promise<void> {
    try {
      const fresh = await http.get<Bootstrap>('/ui/bootstrap')
      if (fresh.user === null) expire()
    } catch {
      // The server is away: the socket keeps trying and the banner says so.
    }
  }

  function subscribeAll(client: SocketClient): readonly Subscription[] {
    const has = (scope: string): boolean => session.getState().scopes.has(scope)
    const list = [
      client.subscribe('status', {}, { snapshot: (d) => status.setState({ status: d as LiveStatus }) }),
    ]
    if (has('read:queue'))
      list.push(
        client.subscribe(
          'queue',
          {},
          {
            snapshot: (d) => queue.applySnap(d as QueueSnap),
            event: (d) => queue.applyEvent(d as QueueEvent),
          },
        ),
      )
    if (has('read:history'))
      list.push(
        client.subscribe(
          'history',
          {},
          {
            snapshot: (d) => history.setState(d as HistorySnap),
            event: (d) => onHistory(d as HistoryEvent),
          },
        ),
      )
    if (has('read:console'))
      list.push(
        client.subscribe(
          'console',
          { backlog: 2000 },
          {
            snapshot: (d) => consoleLines.replace(d as ConsoleChunk[]),
            event: (d) => consoleLines.append(d as ConsoleChunk[]),
          },
        ),
      )
    if (has('read:monitor'))
      list.push(
        client.subscribe(
          'runs',
          {},
          {
            snapshot: (d) => activeRun.setState({ run: (d as RunsSnap).active.at(-1) ?? null }),
            event: (d) => onRun((d as RunsEvent).run),
          },
        ),
      )
    list.push(
      client.subscribe(
        'services',
        {},
        {
          snapshot: (d) => services.setState({ answer: d as ServicesAnswer, receivedMs: Date.now() }),
        },
      ),
    )
    return list
  }

  function onRun(run: RunSummary): void {
    const shown = activeRun.getState().run
    if (run.exit_status === null && run.stop_time === null) activeRun.setState({ run })
    else if (shown?.uid === run.uid) activeRun.setState({ run: null })
  }

  function onHistory(event: HistoryEvent): void {
    const { items } = history.getState()
    void queries.invalidateQueries({ queryKey: ['history'] })
    if (event.op === 'reset') return history.setState({ uid: event.uid, total: event.total, items: [] })
    history.setState({ uid: event.uid, total: event.total, items: [event.item, ...items].slice(0, 50) })
    if (event.item.result.exit_status === 'failed')
      notices.add({ state: 'bad', text: `${event.item.name}: ${event.item.result.msg}` })
  }

  async function start(): Promise<void> {
    try {
      const bootstrap = await http.get<Bootstrap>('/ui/bootstrap')
      applyBootstrap(bootstrap)
    } catch (error) {
      const isOut = error instanceof HttpError && error.kind === 'unauthorized'
      session.setState({
        phase: isOut ? 'out' : 'unreachable',
        error: error instanceof Error ? error.message : String(error),
      })
    }
  }

  function applyBootstrap(bootstrap: Bootstrap): void {
    http.setCsrf(bootstrap.csrf === '' ? undefined : bootstrap.csrf)
    setZone(bootstrap.zone)
    clockOffsetMs = bootstrap.serverTime - Date.now()
    const isIn = bootstrap.user !== null && bootstrap.scopes.length > 0
    session.setState({
      phase: isIn ? 'in' : 'out',
      bootstrap,
      scopes: new Set(bootstrap.scopes),
      error: null,
    })
    if (bootstrap.status !== null) status.setState({ status: bootstrap.status })
    if (bootstrap.services.length > 0 && services.getState().answer === null)
      services.setState({
        answer: { services: bootstrap.services, sentence: '', canRestart: false },
        receivedMs: Date.now(),
      })
    socket?.close()
    socket = undefined
    if (!isIn) return
    socket = openSocket()
    subscribeAll(socket)
    session.setState({})
  }

  return {
    http,
    hasWorkers: transport.hasNetwork === true,
    queries,
    frames: createFrameLoop(requestFrame),
    prefs: createPrefsStore(storage),
    session,
    connection,
    status,
    queue,
    history,
    activeRun,
    services,
    consoleLines,
    notices,
    serverNow: () => Date.now() + clockOffsetMs,
    socket: () => socket,
    can: (scope) => session.getState().scopes.has(scope),
    start,
    async logOut() {
      await http.post('/ui/logout')
      location.assign('/login')
    },
    close() {
      socket?.close()
      queries.clear()
    },
  }
}

function shouldRetry(failures: number, error: unknown): boolean {
  return failures < 2 && error instanceof HttpError && error.kind === 'unreachable'
}
