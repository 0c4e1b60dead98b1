import { accessRights } from './access-rights.ts'
import { beacon } from './beacon.ts'
import { clearChannel } from './clear-channel.ts'
import { createChannelFail } from './create-channel-fail.ts'
import { createChannelReply } from './create-channel.ts'
import { echo } from './echo.ts'
import { errorReply } from './error-reply.ts'
import { eventAddReply } from './event-add.ts'
import type { Header } from './header.ts'
import { notFound } from './not-found.ts'
import { readNotifyReply } from './read-notify.ts'
import { readSync } from './read-sync.ts'
import { readReply } from './read.ts'
import { repeaterConfirm } from './repeater-confirm.ts'
import { searchReply, searchReplyTcp } from './search.ts'
import { serverDisconnect } from './server-disconnect.ts'
import { datagramVersion, version } from './version.ts'
import { writeNotifyReply } from './write-notify.ts'

const circuitCodecs = [
  version,
  eventAddReply,
  readReply,
  searchReplyTcp,
  readSync,
  errorReply,
  clearChannel,
  notFound,
  readNotifyReply,
  createChannelReply,
  writeNotifyReply,
  accessRights,
  echo,
  createChannelFail,
  serverDisconnect,
] as const
const datagramCodecs = [datagramVersion, searchReply, beacon, repeaterConfirm] as const

/** What a server sends over a circuit. */
export type CircuitReply = ReturnType<(typeof circuitCodecs)[number]['decode']>
/** What a client receives by UDP. */
export type DatagramReply = ReturnType<(typeof datagramCodecs)[number]['decode']>

const circuitTable = new Map<number, (typeof circuitCodecs)[number]>(
  circuitCodecs.map((codec) => [codec.command, codec]),
)
const datagramTable = new Map<number, (typeof datagramCodecs)[number]>(
  datagramCodecs.map((codec) => [codec.command, codec]),
)

/** The message, or undefined for a command that no server sends. */
export function decodeCircuitReply(header: Header, payload: Uint8Array): CircuitReply | undefined {
  return circuitTable.get(header.command)?.decode(header, payload)
}

/** The message, or undefined for a command that no client understands over UDP (ECHO among them). */
export function decodeDatagramReply(header: Header, payload: Uint8Array): DatagramReply | undefined {
  return datagramTable.get(header.command)?.decode(header, payload)
}
