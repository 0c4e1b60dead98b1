import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  type RouterHistory,
} from '@tanstack/react-router'
import { profileOfPage } from './app-profile.ts'
import type { ControlRoom } from './control-room.ts'
import { NotFound, PageFailed, Root } from './root.tsx'

interface RouterContext {
  readonly room: ControlRoom
}

const rootRoute = createRootRouteWithContext<RouterContext>()({
  component: Root,
  notFoundComponent: NotFound,
  errorComponent: PageFailed,
})

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined
const flag = (value: unknown): true | undefined =>
  value === true || value === 'true' || value === 1 ? true : undefined

// oxlint-disable-next-line max-params -- a number and its bounds
const whole = (value: unknown, min: number, max: number): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? value : undefined

const lastPageKey = 'cr.lastPage'

const indexRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  beforeLoad: () => {
    // eslint-disable-next-line typescript/only-throw-error -- a redirect is thrown by the router's own rule
    if (profileOfPage().profile !== 'all') throw redirect({ to: '/data' })
    const last = localStorage.getItem(lastPageKey)
    const known = [
      '/queue',
      '/live',
      '/runs',
      '/detectors',
      '/data',
      '/files',
      '/streams',
      '/services',
      '/console',
    ] as const
    // eslint-disable-next-line typescript/only-throw-error -- a redirect is thrown by the router's own rule
    throw redirect({ to: known.find((page) => page === last) ?? '/queue' })
  },
})

const loginRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/login',
  validateSearch: (search: Record<string, unknown>): { to?: string | undefined } => ({
    to: text(search['to']),
  }),
  component: lazyRouteComponent(() => import('../pages/login/login-page.tsx'), 'LoginPage'),
})

/** Search of the queue pages: `f` filters, `plan` and `item` pre-fill the form. */
export interface QueueSearch {
  readonly f?: string | undefined
  readonly plan?: string | undefined
  readonly item?: string | undefined
  readonly edit?: string | undefined
}

const queueSearch = (search: Record<string, unknown>): QueueSearch => ({
  f: text(search['f']),
  plan: text(search['plan']),
  item: text(search['item']),
  edit: text(search['edit']),
})

const queuePage = lazyRouteComponent(() => import('../pages/queue/queue-page.tsx'), 'QueuePage')

const queueRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/queue',
  validateSearch: queueSearch,
  component: queuePage,
})
const queueItemRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/queue/item/$uid',
  validateSearch: queueSearch,
  component: queuePage,
})
const queueNewRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/queue/new',
  validateSearch: queueSearch,
  component: queuePage,
})
const queueHistoryRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/queue/history',
  validateSearch: queueSearch,
  component: queuePage,
})

const consoleRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/console',
  validateSearch: (
    search: Record<string, unknown>,
  ): { q?: string | undefined; level?: string | undefined } => ({
    q: text(search['q']),
    level: text(search['level']),
  }),
  component: lazyRouteComponent(() => import('../pages/console/console-page.tsx'), 'ConsolePage'),
})

/** Search of the live page: `uid` pins a run (absent = follow), the rest are the choices of the plot. */
export interface LiveSearch {
  readonly uid?: string | undefined
  readonly log?: true | undefined
  readonly norm?: string | undefined
  readonly math?: string | undefined
  readonly fit?: string | undefined
  readonly over?: string | undefined
  readonly map?: string | undefined
  readonly y?: string | undefined
}

export function liveSearch(search: Record<string, unknown>): LiveSearch {
  return {
    uid: text(search['uid']),
    log: flag(search['log']),
    norm: text(search['norm']),
    math: text(search['math']),
    fit: text(search['fit']),
    over: text(search['over']),
    map: text(search['map']),
    y: text(search['y']),
  }
}

const liveRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/live',
  validateSearch: liveSearch,
  component: lazyRouteComponent(() => import('../pages/live/live-page.tsx'), 'LivePage'),
})

export interface RunsSearch {
  readonly q?: string | undefined
  readonly run?: string | undefined
}

const runsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/runs',
  validateSearch: (search: Record<string, unknown>): RunsSearch => ({
    q: text(search['q']),
    run: text(search['run']),
  }),
  component: lazyRouteComponent(() => import('../pages/runs/runs-page.tsx'), 'RunsPage'),
})

const runRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/runs/$uid',
  beforeLoad: ({ params }) => {
    // eslint-disable-next-line typescript/only-throw-error -- a redirect is thrown by the router's own rule
    throw redirect({ to: '/runs/$uid/$tab', params: { uid: params.uid, tab: 'summary' } })
  },
})

const runTabRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/runs/$uid/$tab',
  validateSearch: (search: Record<string, unknown>): LiveSearch & { stream?: string | undefined } => ({
    ...liveSearch(search),
    stream: text(search['stream']),
  }),
  component: lazyRouteComponent(() => import('../pages/runs/run-page.tsx'), 'RunPage'),
})

const servicesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/services',
  validateSearch: (search: Record<string, unknown>): { role?: string | undefined } => ({
    role: text(search['role']),
  }),
  component: lazyRouteComponent(() => import('../pages/services/services-page.tsx'), 'ServicesPage'),
})

/** Search of the stream pages: what of a topic is looked at. */
export interface StreamsSearch {
  readonly dir?: string | undefined
  readonly from?: string | undefined
  readonly partition?: string | undefined
  readonly filter?: string | undefined
  readonly cols?: string | undefined
  /** `partition-offset` of the message that is open. */
  readonly msg?: string | undefined
  readonly group?: string | undefined
  readonly subject?: string | undefined
  readonly play?: string | undefined
}

const streamsSearch = (search: Record<string, unknown>): StreamsSearch => ({
  dir: text(search['dir']),
  from: text(search['from']),
  partition: text(search['partition']),
  filter: text(search['filter']),
  cols: text(search['cols']),
  msg: text(search['msg']),
  group: text(search['group']),
  subject: text(search['subject']),
  play: text(search['play']),
})

const streamsPage = lazyRouteComponent(() => import('../pages/streams/streams-page.tsx'), 'StreamsPage')

const streamsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/streams',
  validateSearch: streamsSearch,
  component: streamsPage,
})
const streamsTopicRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/streams/topic/$topic/$view',
  validateSearch: streamsSearch,
  component: streamsPage,
})
const streamsGroupsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/streams/groups',
  validateSearch: streamsSearch,
  component: streamsPage,
})
const streamsSchemasRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/streams/schemas',
  validateSearch: streamsSearch,
  component: streamsPage,
})
const streamsRecordingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/streams/recordings',
  validateSearch: streamsSearch,
  component: streamsPage,
})
const streamsPlayRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/streams/play',
  validateSearch: streamsSearch,
  component: streamsPage,
})

const detectorsPage = lazyRouteComponent(
  () => import('../pages/detectors/detectors-page.tsx'),
  'DetectorsPage',
)

export interface DetectorsSearch {
  /** `wall`: up to four detectors seen from afar, without controls. */
  readonly view?: string | undefined
  /** Which of them, separated by commas. */
  readonly ids?: string | undefined
  /** Seconds until a wall shows the next four. */
  readonly cycle?: number | undefined
}

const detectorsSearch = (search: Record<string, unknown>): DetectorsSearch => ({
  view: text(search['view']),
  ids: text(search['ids']),
  cycle: whole(search['cycle'], 1, 86_400),
})

const detectorsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/detectors',
  validateSearch: detectorsSearch,
  component: detectorsPage,
})
const detectorRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/detectors/$id',
  validateSearch: detectorsSearch,
  component: detectorsPage,
})

const filesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/files',
  validateSearch: (
    search: Record<string, unknown>,
  ): { file?: string | undefined; path?: string | undefined } => ({
    file: text(search['file']),
    path: text(search['path']),
  }),
  component: lazyRouteComponent(() => import('../pages/files/files-page.tsx'), 'FilesPage'),
})

export interface DataSearch {
  /** `workflows`, `manage`, `status`, `grid:TITLE`; absent: the overview. */
  readonly tab?: string | undefined
  /** The cell that fills the screen. */
  readonly cell?: number | undefined
  /** Since the start, or the last so many seconds, 0 to 60; absent: as each plot says. */
  readonly time?: 'start' | number | undefined
  /** How updates of that time are put together; absent: sum of counts, mean of other numbers. */
  readonly combine?: string | undefined
  /** `wall`: seen from afar, without controls. */
  readonly view?: string | undefined
  /** Seconds until a wall shows the next grid. */
  readonly cycle?: number | undefined
}

const dataSearch = (search: Record<string, unknown>): DataSearch => ({
  tab: text(search['tab']),
  cell: whole(search['cell'], 0, 1_000),
  time: search['time'] === 'start' ? 'start' : whole(search['time'], 0, 60),
  combine: text(search['combine']),
  view: text(search['view']),
  cycle: whole(search['cycle'], 1, 86_400),
})
const dataPage = lazyRouteComponent(() => import('../pages/data/data-page.tsx'), 'DataPage')

const dataRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/data',
  validateSearch: dataSearch,
  component: dataPage,
})
const dataInstrumentRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/data/$instrument',
  validateSearch: dataSearch,
  component: dataPage,
})

const helpRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/help',
  component: lazyRouteComponent(() => import('../pages/help/help-page.tsx'), 'HelpPage'),
})

const routeTree = rootRoute.addChildren([
  indexRoute,
  loginRoute,
  queueRoute,
  queueNewRoute,
  queueHistoryRoute,
  queueItemRoute,
  consoleRoute,
  liveRoute,
  runsRoute,
  runRoute,
  runTabRoute,
  servicesRoute,
  detectorsRoute,
  detectorRoute,
  filesRoute,
  dataRoute,
  dataInstrumentRoute,
  streamsRoute,
  streamsTopicRoute,
  streamsGroupsRoute,
  streamsSchemasRoute,
  streamsRecordingsRoute,
  streamsPlayRoute,
  helpRoute,
])

/** All view state is in the search part of the address, checked here. */
export function makeRouter(room: ControlRoom, history?: RouterHistory) {
  const router = createRouter({
    routeTree,
    context: { room },
    defaultPreload: 'intent',
    defaultErrorComponent: PageFailed,
    ...(history === undefined ? {} : { history }),
  })
  router.subscribe('onResolved', ({ toLocation }) => {
    const page = `/${toLocation.pathname.split('/')[1] ?? ''}`
    if (page !== '/login' && page !== '/') localStorage.setItem(lastPageKey, page)
  })
  return router
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}
