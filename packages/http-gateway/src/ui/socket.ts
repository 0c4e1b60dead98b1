import type { UserInfo } from './login.ts'

/** Snap of the channel `presence`, sent whole on each change. Args `{page, item?}`; change them with `set`. */
export interface PresenceSnap {
  readonly people: readonly {
    readonly id: string
    readonly user: string
    readonly page: string
    readonly item: string | null
    readonly since: number
    readonly self: boolean
  }[]
}

/** Snap and events of the channel `console` are lists of these. */
export interface ConsoleChunk {
  readonly time: number
  readonly msg: string
  readonly level: 'debug' | 'info' | 'warn' | 'error' | null
  /** Item that ran when it was printed. */
  readonly item: string | null
}

export type ChannelName =
  | 'status'
  | 'queue'
  | 'history'
  | 'presence'
  | 'console'
  | 'run'
  | 'peaks'
  | 'runs'
  | 'services'
  | 'logs'
  | 'audit'
  | 'detector'
  | 'livedata'
  | 'output'
  | 'topics'
  | 'tail'
  | 'plays'
  | 'recordings'

/** Text frames to the server. `since`: the last `seq` seen, on a repeat after a reconnect. */
export type ClientMessage =
  | {
      readonly op: 'sub'
      readonly id: number
      readonly ch: ChannelName
      readonly args?: Readonly<Record<string, unknown>>
      readonly since?: number
    }
  | { readonly op: 'set'; readonly id: number; readonly args: Readonly<Record<string, unknown>> }
  | { readonly op: 'unsub'; readonly id: number }
  | { readonly op: 'ack'; readonly id: number; readonly seq: number }

export interface HelloMessage {
  readonly k: 'hello'
  readonly v: 1
  readonly boot: string
  readonly build: string
  readonly user: UserInfo
  readonly scopes: readonly string[]
  readonly time: number
  /** Heartbeat period in ms. */
  readonly hb: number
}
export interface HeartbeatMessage {
  readonly k: 'hb'
  readonly t: number
}
export interface DataMessage<T = unknown> {
  readonly k: 'snap' | 'delta' | 'event'
  readonly id: number
  readonly seq: number
  readonly t: number
  readonly d: T
}
export interface GapMessage {
  readonly k: 'gap'
  readonly id: number
  readonly seq: number
  readonly t: number
  /** How many messages were left out. */
  readonly d: { readonly dropped: number }
}
export interface ErrMessage {
  readonly k: 'err'
  readonly id: number
  readonly seq: number
  readonly t: number
  readonly d: {
    readonly code: 'forbidden' | 'notfound' | 'busy' | 'internal' | 'invalid'
    readonly text: string
  }
}
/** Text frames from the server. */
export type ServerMessage = HelloMessage | HeartbeatMessage | DataMessage | GapMessage | ErrMessage

/** JSON part of a binary frame of type 2. `off` counts from the first byte after the padded JSON. */
export interface ArraysHeader {
  readonly kind: 'rows' | 'dataarray' | 'details'
  /** kind rows: the stream and the index of the first row. */
  readonly stream?: string
  readonly first?: number
  /** Uid of the run the rows belong to. */
  readonly uid?: string
  readonly total?: number
  readonly reduced?: number
  readonly title?: string
  readonly output?: string
  readonly unit?: string
  readonly time?: readonly [number, number]
  /** kind details: of which image, and of which of its pixels the values are. */
  readonly image?: number
  readonly region?: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly arrays: readonly ArrayInfo[]
}
export interface ArrayInfo {
  readonly name: string
  readonly dtype: 'f64' | 'f32' | 'i64' | 'u64' | 'i32' | 'u32' | 'u16' | 'u8' | 'str'
  readonly shape: readonly number[]
  readonly axes?: readonly string[]
  readonly unit?: string
  readonly label?: string
  readonly edges?: boolean
  readonly off: number
}
