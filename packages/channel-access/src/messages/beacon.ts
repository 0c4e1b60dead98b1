import { caMessage, noPayload } from './message.ts'

/* RSRV_IS_UP (13), server to the beacon port, UDP
 *   type minor version   count TCP port   p1 beacon counter   p2 IPv4 of the server, 0 = the sender (a repeater fills it in)
 * Source: Channel Access protocol specification, CA_PROTO_RSRV_IS_UP. */
export const beacon = caMessage({
  kind: 'beacon',
  command: 13,
  slots: { dataType: 'minor', count: 'port', p1: 'counter', p2: 'address' },
  payload: noPayload,
})
