import { readU16, writeU16 } from './header.ts'
import { caMessage, noPayload, textPayload, type PayloadField } from './message.ts'

/** The server shall keep silent on a name that it lacks. */
export const searchDontReply = 5
/** The server may answer NOT_FOUND, over TCP only. */

/* SEARCH (6) request, client to server, UDP and TCP
 *   type 10 reply if not found, 5 do not   count minor version   p1 = p2 = search id   payload PV name, NUL, padded
 * Source: Channel Access protocol specification, CA_PROTO_SEARCH. */
export const searchRequest = caMessage({
  kind: 'searchRequest',
  command: 6,
  slots: { dataType: 'reply', count: 'minor', p1: 'searchId', p2: 'searchIdAgain' },
  payload: textPayload('name'),
})

const serverMinor: PayloadField<'minor', number> = {
  name: 'minor',
  read: (payload) => (payload.length >= 2 ? readU16(payload, 0) : 0),
  write: (minor) => {
    const bytes = new Uint8Array(8)
    writeU16(bytes, 0, minor)
    return bytes
  },
}

/** In `address`: the host that sent the reply. */
export const sameHost = 0xffffffff

/* SEARCH (6) reply, server to client, UDP
 *   type TCP port of the server   p1 0xFFFFFFFF (or 0) = the sender, else IPv4   p2 search id
 *   payload u16 minor version, 6 zeros */
export const searchReply = caMessage({
  kind: 'searchReply',
  command: 6,
  slots: { dataType: 'port', p1: 'address', p2: 'searchId' },
  payload: serverMinor,
})

/* SEARCH (6) reply, server to client, TCP: as over UDP without payload */
export const searchReplyTcp = caMessage({
  kind: 'searchReply',
  command: 6,
  slots: { dataType: 'port', p1: 'address', p2: 'searchId' },
  payload: noPayload,
})
