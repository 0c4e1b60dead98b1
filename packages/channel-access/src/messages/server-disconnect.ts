import { caMessage, noPayload } from './message.ts'

/* SERVER_DISCONN (27), server to client, TCP: p1 CID; the channel is gone, the client searches again
 * Source: Channel Access protocol specification, CA_PROTO_SERVER_DISCONN. */
export const serverDisconnect = caMessage({
  kind: 'serverDisconnect',
  command: 27,
  slots: { p1: 'cid' },
  payload: noPayload,
})
