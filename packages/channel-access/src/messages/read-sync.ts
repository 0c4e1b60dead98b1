import { caMessage, noPayload } from './message.ts'

/* READ_SYNC (10), both ways, TCP, old: the reply is an echo of the header
 * Source: Channel Access protocol specification, CA_PROTO_READ_SYNC. */
export const readSync = caMessage({
  kind: 'readSync',
  command: 10,
  slots: { dataType: 'dataType', count: 'count', p1: 'p1', p2: 'p2' },
  payload: noPayload,
})
