import type { ClientMessage } from '@beamtime/http-gateway/ui-types'
import type { SocketLike } from '../../src/net/transport.ts'
import { detectorState } from './detectors.ts'
import { encodeRows } from './encode-frame.ts'
import { findRun } from './http.ts'
import { liveState, outputColumns } from './live-data.ts'
import { snapOf, type FakeRun } from './run-data.ts'
import { plays, topicsSnap } from './streams.ts'
import { servicesOf, statusOf } from './answers.ts'
import { historyItem, type World, type WorldEvents } from './world.ts'
import { textOf } from '../../src/text/text-of.ts'

/** The multiplexed socket without a network: hello, heartbeats and the channels of the pages. */
export function fakeSocket(world: World): SocketLike {
  const subscriptions = new Map<number, { channel: string; args: Readonly<Record<string, unknown>> }>()
  let seq = 0
  let isClosed = false
  const like: SocketLike = {
    onopen: null,
    onmessage: null,
    onclose: null,
    send: (text) => receive(JSON.parse(text) as ClientMessage),
    close,
  }
  const emit = (message: unknown): void => {
    if (!isClosed) like.onmessage?.(JSON.stringify(message))
  }
  const say = (id: number, kind: 'snap' | 'event' | 'delta', data: unknown): void => {
    seq += 1
    emit({ k: kind, id, seq, t: Date.now(), d: data })
  }
  const each = (
    channel: string,
    act: (id: number, args: Readonly<Record<string, unknown>>) => void,
  ): void => {
    for (const [id, entry] of subscriptions) if (entry.channel === channel) act(id, entry.args)
  }

  const listener: Partial<WorldEvents> = {
    status: () => each('status', (id) => say(id, 'snap', statusOf(world))),
    queue: (event) => each('queue', (id) => say(id, 'event', event)),
    queueSnap: () => each('queue', (id) => say(id, 'snap', queueSnap())),
    history: (item) =>
      each('history', (id) =>
        say(id, 'event', { op: 'add', uid: String(world.historyTotal), total: world.historyTotal, item }),
      ),
    console: (chunks) => each('console', (id) => say(id, 'event', chunks)),
    runStarted: () => {
      each('run', (id, args) => {
        if (args['uid'] === 'current') sendRun(id, world.runs.at(-1))
      })
      const run = world.runs.at(-1)
      if (run !== undefined) each('runs', (id) => say(id, 'event', { op: 'new', run: run.summary }))
    },
    runRows: (run) =>
      each('run', (id, args) => (isShown(args, run) ? sendRows(id, run, run.rows - 1) : undefined)),
    runChanged: (run) => {
      each('run', (id, args) => (isShown(args, run) ? say(id, 'snap', snapOf(run)) : undefined))
      each('runs', (id) => say(id, 'event', { op: 'update', run: run.summary }))
    },
    services: () => each('services', (id) => say(id, 'snap', servicesOf(world))),
  }

  const isShown = (args: Readonly<Record<string, unknown>>, run: FakeRun): boolean =>
    args['uid'] === run.summary.uid || (args['uid'] === 'current' && run === world.runs.at(-1))
  const queueSnap = () => ({
    uid: `q-${seq}`,
    running: world.running,
    items: [...world.items],
    estimates: { ...world.estimates },
  })

  function sendRun(id: number, run: FakeRun | undefined): void {
    say(id, 'snap', run === undefined ? null : snapOf(run))
    if (run !== undefined && run.rows > 0) sendRows(id, run, 0)
  }
  function sendRows(id: number, run: FakeRun, first: number): void {
    seq += 1
    const columns = [...run.columns].map(([name, values]) => [name, values.slice(first, run.rows)] as const)
    const buffer = encodeRows(
      { subscription: id, seq, meta: { stream: 'primary', first, uid: run.summary.uid, total: run.rows } },
      columns,
    )
    if (!isClosed) like.onmessage?.(buffer)
  }

  function sendOutput(id: number, args: Readonly<Record<string, unknown>>): void {
    const columns = outputColumns(textOf(args['key']))
    if (columns === null || isClosed) return
    seq += 1
    like.onmessage?.(encodeRows({ subscription: id, seq, meta: { kind: 'dataarray' } }, columns))
  }

  function receive(message: ClientMessage): void {
    if (message.op === 'unsub') return void subscriptions.delete(message.id)
    if (message.op === 'ack') return
    const entry =
      message.op === 'sub'
        ? { channel: message.ch as string, args: message.args ?? {} }
        : { channel: subscriptions.get(message.id)?.channel ?? '', args: message.args }
    subscriptions.set(message.id, entry)
    queueMicrotask(() => open(message.id, entry.channel, entry.args))
  }

  function open(id: number, channel: string, args: Readonly<Record<string, unknown>>): void {
    switch (channel) {
      case 'status':
        return say(id, 'snap', statusOf(world))
      case 'queue':
        return say(id, 'snap', queueSnap())
      case 'history':
        return say(id, 'snap', {
          uid: 'h',
          total: world.historyTotal,
          items: Array.from({ length: Math.min(20, world.historyTotal) }, (_, i) => historyItem(world, i)),
        })
      case 'console':
        return say(id, 'snap', world.console)
      case 'services':
        return say(id, 'snap', servicesOf(world))
      case 'topics':
        return say(id, 'snap', topicsSnap())
      case 'plays':
        return say(id, 'snap', { isAway: false, plays: plays() })
      case 'recordings':
        return say(id, 'snap', { isAway: false, recordings: [] })
      case 'tail':
        return
      case 'detector':
        return say(id, 'snap', { state: detectorState() })
      case 'livedata':
        return say(id, 'snap', liveState())
      case 'output':
        return sendOutput(id, args)
      case 'runs':
        return say(id, 'snap', {
          active: world.runs.filter((run) => run.stopTime === null).map((run) => run.summary),
        })
      case 'run':
        return openRun(id, textOf(args['uid']))
      default:
        return emit({
          k: 'err',
          id,
          seq,
          t: Date.now(),
          d: { code: 'invalid', text: `There is no channel '${channel}'.` },
        })
    }
  }

  function openRun(id: number, uid: string): void {
    const newest = world.runs.at(-1) ?? (world.runsTotal > 0 ? findRun(world, 'run-2040') : undefined)
    const run = uid === 'current' || uid === '' ? newest : findRun(world, uid)
    if (run === undefined && uid !== 'current')
      return emit({
        k: 'err',
        id,
        seq,
        t: Date.now(),
        d: { code: 'notfound', text: `There is no run '${uid}'.` },
      })
    sendRun(id, run)
  }

  const beat = setInterval(() => emit({ k: 'hb', t: Date.now() }), 1_000)
  const sample = setInterval(() => listener.services?.(), 2_000)
  const moving = setInterval(() => {
    for (const channel of ['topics', 'plays', 'detector', 'livedata', 'output'])
      each(channel, (id, args) => open(id, channel, args))
  }, 1_000)
  function close(): void {
    if (isClosed) return
    isClosed = true
    clearInterval(beat)
    clearInterval(sample)
    clearInterval(moving)
    world.listeners.delete(listener)
    like.onclose?.(1000)
  }
  world.listeners.add(listener)
  setTimeout(() => {
    like.onopen?.()
    emit({
      k: 'hello',
      v: 1,
      boot: 'boot-1',
      build: 'gallery',
      user: null,
      scopes: [],
      time: Date.now(),
      hb: 1_000,
    })
  }, 5)
  return like
}
