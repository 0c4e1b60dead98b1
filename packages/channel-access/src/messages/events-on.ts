import { caMessage, noPayload } from './message.ts'

/* EVENTS_ON (9), client to server, TCP, no reply: send updates again
 * Source: Channel Access protocol specification, CA_PROTO_EVENTS_ON. */
export const eventsOn = caMessage({ kind: 'eventsOn', command: 9, slots: {}, payload: noPayload })
