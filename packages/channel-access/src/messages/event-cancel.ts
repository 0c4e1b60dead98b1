import { caMessage, noPayload } from './message.ts'

/* EVENT_CANCEL (2), client to server, TCP
 *   type, count as added   p1 SID   p2 subscription id
 * The answer is an EVENT_ADD of size 0. Source: Channel Access protocol specification, CA_PROTO_EVENT_CANCEL. */
export const eventCancel = caMessage({
  kind: 'eventCancel',
  command: 2,
  slots: { dataType: 'dbr', count: 'count', p1: 'sid', p2: 'subscriptionId' },
  payload: noPayload,
})
