import { clearChannel } from './clear-channel.ts'
import { clientName } from './client-name.ts'
import { createChannelRequest } from './create-channel.ts'
import { echo } from './echo.ts'
import { eventAddRequest } from './event-add.ts'
import { eventCancel } from './event-cancel.ts'
import { eventsOff } from './events-off.ts'
import { eventsOn } from './events-on.ts'
import type { Header } from './header.ts'
import { hostName } from './host-name.ts'
import { readNotifyRequest } from './read-notify.ts'
import { readSync } from './read-sync.ts'
import { readRequest } from './read.ts'
import { repeaterRegister } from './repeater-register.ts'
import { searchRequest } from './search.ts'
import { version } from './version.ts'
import { writeNotifyRequest } from './write-notify.ts'
import { writeRequest } from './write.ts'

const codecs = [
  version,
  eventAddRequest,
  eventCancel,
  readRequest,
  writeRequest,
  searchRequest,
  eventsOff,
  eventsOn,
  readSync,
  clearChannel,
  readNotifyRequest,
  createChannelRequest,
  writeNotifyRequest,
  clientName,
  hostName,
  echo,
  repeaterRegister,
] as const

/** What a client sends. */
export type ClientRequest = ReturnType<(typeof codecs)[number]['decode']>

const table = new Map<number, (typeof codecs)[number]>(codecs.map((codec) => [codec.command, codec]))

/** The message, or undefined for a command that no client sends. */
export function decodeClientRequest(header: Header, payload: Uint8Array): ClientRequest | undefined {
  return table.get(header.command)?.decode(header, payload)
}
