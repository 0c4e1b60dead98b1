import type { Logger } from '@beamtime/service-kit'
import type { Channel } from './channel.ts'
import type { SocketRoute } from './socket-server.ts'
import { UiSession } from './ui-session.ts'

const heartbeatMs = 1_000

export interface UiSocketOptions {
  readonly channels: Readonly<Record<string, Channel>>
  readonly boot: string
  build(): string
  readonly log: Logger
}

export interface UiSocket {
  readonly route: SocketRoute
  close(): void
}

/** The socket of the control room: one a tab, all channels over it. */
export function uiSocket(options: UiSocketOptions): UiSocket {
  const sessions = new Set<UiSession>()
  const timer = setInterval(() => {
    for (const session of sessions) session.heartbeat()
  }, heartbeatMs)
  return {
    route: {
      scope: 'read:status',
      open(socket, identity) {
        const session = new UiSession(socket, {
          channels: options.channels,
          identity,
          hello: { boot: options.boot, build: options.build() },
          onError: (error) => options.log.error('socket.failed', { err: error }),
        })
        sessions.add(session)
        socket.once('close', () => {
          sessions.delete(session)
          session.close()
        })
      },
    },
    close() {
      clearInterval(timer)
      for (const session of sessions) session.close()
    },
  }
}
