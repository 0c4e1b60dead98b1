import type { Scope } from '../auth/scopes.ts'
import type { ErrMessage, UserInfo } from '../ui-types.ts'

export type ChannelArgs = Readonly<Record<string, unknown>>

/** What a channel may do to one subscriber. Nothing here waits: a slow subscriber gets less, never holds others up. */
export interface Subscription {
  readonly id: number
  /** Differs for each socket. */
  readonly connection: string
  readonly user: UserInfo
  /** Last `seq` that the client saw before a reconnect, or null. */
  readonly since: number | null
  /** When the client was heard last, Unix ms; at least every 5 s while it lives. */
  readonly heardMs: number
  /** True while much waits in the socket; frames are refused then. */
  readonly congested: boolean
  /** Sends the whole state; base of later `state` calls. */
  snap(data: unknown): void
  /** Gives the newest state. The client gets a merge patch on what it has, at most 20 times a second. */
  state(data: unknown): void
  /** Sends one piece of news; left out while the socket is congested, then told by a `gap`. */
  event(data: unknown): void
  /** As `event`, with the sequence number that the channel counts itself, for `since`. */
  numberedEvent(seq: number, data: unknown): void
  numberedSnap(seq: number, data: unknown): void
  /** Sends a binary frame; false when the socket is congested. */
  frame(build: (stamp: FrameStamp) => Uint8Array): boolean
  fail(code: ErrMessage['d']['code'], text: string): void
}

export interface FrameStamp {
  readonly subscription: number
  readonly seq: number
  readonly sentMs: number
}

export interface ChannelSession {
  /** New arguments without a restart; also how a client asks for a fresh snap after a gap. */
  set(args: ChannelArgs): void
  close(): void
}

/** One kind of news. A channel starts with a snap (or an event) as soon as it has something to say. */
export interface Channel {
  readonly scope: Scope
  /** Throws ChannelError for arguments that it cannot use. */
  open(subscription: Subscription, args: ChannelArgs): ChannelSession
}

/** Why a subscription is refused; becomes an `err` message. */
export class ChannelError extends Error {
  override readonly name = 'ChannelError'
  readonly code: ErrMessage['d']['code']
  constructor(code: ErrMessage['d']['code'], text: string) {
    super(text)
    this.code = code
  }
}

export function stringArg(args: ChannelArgs, name: string): string | null {
  const value = args[name]
  return typeof value === 'string' && value !== '' ? value : null
}

export function numberArg(args: ChannelArgs, name: string): number | null {
  const value = args[name]
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}
