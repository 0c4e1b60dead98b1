import { createContext, useContext, useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { LiveStatus } from '@beamtime/http-gateway/ui-types'
import type { ChannelHandlers } from '../net/socket-client.ts'
import type { Prefs } from '../stores/prefs-store.ts'
import type { ConnectionView, ControlRoom, SessionView } from './control-room.ts'

export const ControlRoomContext = createContext<ControlRoom | null>(null)

export function useControlRoom(): ControlRoom {
  const room = useContext(ControlRoomContext)
  if (room === null) throw new Error('useControlRoom is used outside of ControlRoomContext')
  return room
}

export function useStatus<T>(select: (status: LiveStatus | null) => T): T {
  return useStore(useControlRoom().status, (state) => select(state.status))
}

export function useSession<T>(select: (session: SessionView) => T): T {
  return useStore(useControlRoom().session, select)
}

export function useConnection<T>(select: (connection: ConnectionView) => T): T {
  return useStore(useControlRoom().connection, select)
}

export function usePref<K extends keyof Prefs>(key: K): [Prefs[K], (value: Prefs[K]) => void] {
  const { prefs } = useControlRoom()
  const value = useStore(prefs, (state) => state[key])
  return [value, (next) => prefs.setState({ [key]: next } as Partial<Prefs>)]
}

/** True when the user has the right; false also while not connected is not decided here. */
export function useScope(scope: string): boolean {
  return useSession((session) => session.scopes.has(scope))
}

/** False where everybody shares one key: then no column of names is shown. */
export function useHasUsers(): boolean {
  return useSession((session) => session.bootstrap?.auth.mode !== 'single-user')
}

/** Subscribes to a channel while mounted. A change of `key` subscribes anew; handlers may change freely. */
export function useChannel(
  channel: string,
  args: Readonly<Record<string, unknown>> | null,
  handlers: ChannelHandlers,
): void {
  const room = useControlRoom()
  const phase = useSession((session) => session.phase)
  const latest = useRef(handlers)
  useEffect(() => {
    latest.current = handlers
  })
  const key = args === null ? null : JSON.stringify(args)
  useEffect(() => {
    const socket = room.socket()
    if (socket === undefined || key === null) return undefined
    const subscription = socket.subscribe(channel, JSON.parse(key) as Record<string, unknown>, {
      snapshot: (data) => latest.current.snapshot?.(data),
      event: (data) => latest.current.event?.(data),
      frame: (frame) => latest.current.frame?.(frame),
      error: (error) => latest.current.error?.(error),
      ended: () => latest.current.ended?.(),
    })
    return () => subscription.close()
  }, [room, channel, key, phase])
}

/** Server time, renewed every `everyMs`; 1 s by default, for ages and remaining times. */
export function useNow(everyMs = 1_000): number {
  const room = useControlRoom()
  const [now, setNow] = useState(() => room.serverNow())
  useEffect(() => {
    const tick = (): void => setNow(room.serverNow())
    const clock = clocks.get(everyMs) ?? startClock(everyMs)
    clock.listeners.add(tick)
    return () => {
      clock.listeners.delete(tick)
      if (clock.listeners.size > 0) return
      clearInterval(clock.timer)
      clocks.delete(everyMs)
    }
  }, [room, everyMs])
  return now
}

interface Clock {
  readonly listeners: Set<() => void>
  readonly timer: ReturnType<typeof setInterval>
}

/** One clock for all that show the same age, so that they are drawn together in one frame. */
const clocks = new Map<number, Clock>()

function startClock(everyMs: number): Clock {
  const listeners = new Set<() => void>()
  const timer = setInterval(() => {
    for (const listener of listeners) listener()
  }, everyMs)
  const clock = { listeners, timer }
  clocks.set(everyMs, clock)
  return clock
}

/** Width classes of the layout. */
export function useWidthClass(): 'phone' | 'small' | 'wide' | 'wall' {
  const [kind, setKind] = useState(widthClass)
  useEffect(() => {
    const onResize = (): void => setKind(widthClass())
    window.addEventListener('resize', onResize)
    return () => window.removeEventListener('resize', onResize)
  }, [])
  return kind
}

function widthClass(): 'phone' | 'small' | 'wide' | 'wall' {
  const width = window.innerWidth
  if (width < 640) return 'phone'
  if (width < 1280) return 'small'
  return width < 2560 ? 'wide' : 'wall'
}
