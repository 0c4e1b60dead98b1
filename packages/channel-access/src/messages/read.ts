import { caMessage, noPayload, rawPayload } from './message.ts'

/* READ (3) request, client to server, TCP, superseded by READ_NOTIFY; a server still answers it
 *   type DBR   count   p1 SID   p2 IOID
 * Source: Channel Access protocol specification, CA_PROTO_READ. */
export const readRequest = caMessage({
  kind: 'readRequest',
  command: 3,
  slots: { dataType: 'dbr', count: 'count', p1: 'sid', p2: 'ioid' },
  payload: noPayload,
})

/* READ (3) reply: p1 is the CID; a failure comes as ERROR */
export const readReply = caMessage({
  kind: 'readReply',
  command: 3,
  slots: { dataType: 'dbr', count: 'count', p1: 'cid', p2: 'ioid' },
  payload: rawPayload,
})
