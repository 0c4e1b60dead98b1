import { caMessage, noPayload } from './message.ts'

/* ECHO (23), both ways, TCP: the reply is a copy; over UDP it is ignored
 * Source: Channel Access protocol specification, CA_PROTO_ECHO. */
export const echo = caMessage({
  kind: 'echo',
  command: 23,
  slots: { dataType: 'dataType', count: 'count', p1: 'p1', p2: 'p2' },
  payload: noPayload,
})
