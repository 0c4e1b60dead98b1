import { caMessage, noPayload } from './message.ts'

/* VERSION (0)
 *   TCP, both ways: type priority 0..99 (a server sends 0, caproto 1)   count minor version
 * Source: Channel Access protocol specification, CA_PROTO_VERSION. */
export const version = caMessage({
  kind: 'version',
  command: 0,
  slots: { dataType: 'priority', count: 'minor' },
  payload: noPayload,
})

/* VERSION (0)
 *   UDP, both ways: type 1 = "p1 is valid"   count minor version   p1 datagram sequence number, echoed by a server
 * caproto answers p1 = 1 whatever was asked, so the number serves as a hint only. */
export const datagramVersion = caMessage({
  kind: 'datagramVersion',
  command: 0,
  slots: { count: 'minor', p1: 'sequence' },
  fixed: { dataType: 1 },
  payload: noPayload,
})
