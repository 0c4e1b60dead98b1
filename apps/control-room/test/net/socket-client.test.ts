import { expect, test } from 'vitest'
import { openSocketClient, reconnectDelay, type SocketClientOptions } from '../../src/net/socket-client.ts'
import type { SocketLike } from '../../src/net/transport.ts'

/** A socket client with made-up time and sockets that the test drives. */
function driven() {
  const sockets: (SocketLike & { readonly sent: unknown[] })[] = []
  const timers: { at: number; callback: () => void; isOff: boolean }[] = []
  const states: string[] = []
  const clock = { ms: 1_000_000 }
  const options: SocketClientOptions = {
    transport: {
      fetch: () => Promise.reject(new Error('not used')),
      openSocket: () => {
        const sent: unknown[] = []
        const socket = {
          onopen: null,
          onmessage: null,
          onclose: null,
          sent,
          send: (text: string) => void sent.push(JSON.parse(text)),
          close: () => undefined,
        }
        sockets.push(socket)
        return socket
      },
    },
    path: '/ws',
    onState: (state) => states.push(state),
    onClockOffset: () => undefined,
    onHello: () => undefined,
    onRefused: () => states.push('refused'),
    now: () => clock.ms,
    random: () => 0.5,
    setTimer: (callback, delayMs) => {
      const timer = { at: clock.ms + delayMs, callback, isOff: false }
      timers.push(timer)
      return timer
    },
    clearTimer: (timer) => {
      if (timer !== undefined) (timer as { isOff: boolean }).isOff = true
    },
  }
  const client = openSocketClient(options)
  return {
    client,
    sockets,
    states,
    get socket() {
      const last = sockets.at(-1)
      if (last === undefined) throw new Error('no socket')
      return last
    },
    say(message: unknown) {
      this.socket.onmessage?.(JSON.stringify(message))
    },
    hello() {
      this.socket.onopen?.()
      this.say({ k: 'hello', v: 1, boot: 'b', build: '1', time: clock.ms })
    },
    pass(ms: number) {
      const end = clock.ms + ms
      for (;;) {
        const next = timers
          .filter((timer) => !timer.isOff && timer.at <= end)
          .toSorted((a, b) => a.at - b.at)[0]
        if (next === undefined) break
        clock.ms = next.at
        next.isOff = true
        next.callback()
      }
      clock.ms = end
    },
  }
}

test('deltas are merged into the last snapshot', () => {
  const d = driven()
  const seen: unknown[] = []
  d.client.subscribe('status', {}, { snapshot: (data) => seen.push(data) })
  d.hello()
  expect(d.socket.sent).toEqual([{ op: 'sub', id: 1, ch: 'status', args: {} }])
  d.say({ k: 'snap', id: 1, seq: 1, d: { a: 1, b: { c: 2 } } })
  d.say({ k: 'delta', id: 1, seq: 2, d: { b: { c: null, d: 3 } } })
  expect(seen).toEqual([
    { a: 1, b: { c: 2 } },
    { a: 1, b: { d: 3 } },
  ])
})

test('three silent seconds count as lost and the socket is opened again', () => {
  const d = driven()
  d.hello()
  d.pass(2_000)
  d.say({ k: 'hb', t: 0 })
  d.pass(2_900)
  expect(d.states).toEqual(['open'])
  d.pass(700)
  expect(d.states).toEqual(['open', 'lost'])
  d.pass(600)
  expect(d.sockets).toHaveLength(2)
})

test('after a reconnect every subscription is repeated with the last number seen', () => {
  const d = driven()
  d.client.subscribe('queue', {}, {})
  d.hello()
  d.say({ k: 'snap', id: 1, seq: 41, d: {} })
  d.socket.onclose?.(1006)
  d.pass(600)
  d.hello()
  expect(d.socket.sent).toEqual([{ op: 'sub', id: 1, ch: 'queue', args: {}, since: 41 }])
})

test('a gap asks for a fresh snapshot', () => {
  const d = driven()
  const seen: string[] = []
  d.client.subscribe('console', {}, { gap: () => seen.push('gap') })
  d.hello()
  d.say({ k: 'event', id: 1, seq: 7, d: [] })
  d.say({ k: 'gap', id: 1, seq: 9, d: { dropped: 3 } })
  expect(seen).toEqual(['gap'])
  expect(d.socket.sent.at(-1)).toEqual({ op: 'sub', id: 1, ch: 'console', args: {} })
})

test('a damaged binary frame does not throw; fresh states are asked for', () => {
  const d = driven()
  d.client.subscribe('run', { uid: 'current' }, {})
  d.hello()
  d.socket.onmessage?.(new ArrayBuffer(50))
  expect(d.socket.sent).toHaveLength(2)
})

test('a closed subscription hears nothing more and is taken back at the server', () => {
  const d = driven()
  const seen: unknown[] = []
  const subscription = d.client.subscribe('status', {}, { snapshot: (data) => seen.push(data) })
  d.hello()
  subscription.close()
  d.say({ k: 'snap', id: 1, seq: 1, d: 1 })
  expect(seen).toEqual([])
  expect(d.socket.sent.at(-1)).toEqual({ op: 'unsub', id: 1 })
})

test('a handshake that is refused for lack of a login is reported', () => {
  const d = driven()
  d.socket.onclose?.(4401)
  expect(d.states).toEqual(['refused', 'lost'])
})

test('the delay doubles up to five seconds with a fifth of jitter', () => {
  expect([0, 1, 2, 3, 4, 9].map((attempt) => reconnectDelay(attempt, 0.5))).toEqual([
    500, 1_000, 2_000, 4_000, 5_000, 5_000,
  ])
  expect(reconnectDelay(1, 0)).toBeCloseTo(800)
  expect(reconnectDelay(1, 1)).toBeCloseTo(1_200)
})
