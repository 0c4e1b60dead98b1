import { caMessage, noPayload } from './message.ts'

/* CLEAR_CHANNEL (12), both ways, TCP: p1 SID   p2 CID; the reply is an echo, and nothing more for the CID follows it
 * Source: Channel Access protocol specification, CA_PROTO_CLEAR_CHANNEL. */
export const clearChannel = caMessage({
  kind: 'clearChannel',
  command: 12,
  slots: { p1: 'sid', p2: 'cid' },
  payload: noPayload,
})
