import { caMessage, noPayload, rawPayload } from './message.ts'

/* WRITE_NOTIFY (19) request, client to server, TCP
 *   type DBR   count   p1 SID   p2 IOID   payload DBR data
 * Source: Channel Access protocol specification, CA_PROTO_WRITE_NOTIFY. */
export const writeNotifyRequest = caMessage({
  kind: 'writeNotifyRequest',
  command: 19,
  slots: { dataType: 'dbr', count: 'count', p1: 'sid', p2: 'ioid' },
  payload: rawPayload,
})

/* WRITE_NOTIFY (19) reply, server to client, when processing is done
 *   type, count as in the request   p1 ECA status   p2 IOID
 * RSRV states a failure here, caproto sends ERROR instead. */
export const writeNotifyReply = caMessage({
  kind: 'writeNotifyReply',
  command: 19,
  slots: { dataType: 'dbr', count: 'count', p1: 'status', p2: 'ioid' },
  payload: noPayload,
})
