import { caMessage, noPayload } from './message.ts'

/* ACCESS_RIGHTS (22), server to client, TCP: p1 CID   p2 bit 0 read, bit 1 write; may come again at any time
 * Source: Channel Access protocol specification, CA_PROTO_ACCESS_RIGHTS. */
export const accessRights = caMessage({
  kind: 'accessRights',
  command: 22,
  slots: { p1: 'cid', p2: 'rights' },
  payload: noPayload,
})
