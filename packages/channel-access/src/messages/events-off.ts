import { caMessage, noPayload } from './message.ts'

/* EVENTS_OFF (8), client to server, TCP, no reply: keep updates until EVENTS_ON
 * Source: Channel Access protocol specification, CA_PROTO_EVENTS_OFF. */
export const eventsOff = caMessage({ kind: 'eventsOff', command: 8, slots: {}, payload: noPayload })
