import { caMessage, noPayload, rawPayload } from './message.ts'

/* READ_NOTIFY (15) request, client to server, TCP
 *   type DBR   count elements, 0 = as many as there are (minor 13)   p1 SID   p2 IOID
 * Source: Channel Access protocol specification, CA_PROTO_READ_NOTIFY. */
export const readNotifyRequest = caMessage({
  kind: 'readNotifyRequest',
  command: 15,
  slots: { dataType: 'dbr', count: 'count', p1: 'sid', p2: 'ioid' },
  payload: noPayload,
})

/* READ_NOTIFY (15) reply, server to client
 *   type DBR   count elements sent   p1 ECA status   p2 IOID   payload DBR data, zeros when the status is not 1 */
export const readNotifyReply = caMessage({
  kind: 'readNotifyReply',
  command: 15,
  slots: { dataType: 'dbr', count: 'count', p1: 'status', p2: 'ioid' },
  payload: rawPayload,
})
