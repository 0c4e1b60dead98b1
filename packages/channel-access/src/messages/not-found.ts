import { caMessage, noPayload } from './message.ts'

/* NOT_FOUND (14), server to client, TCP only, for a SEARCH of type 10; fields as in the request
 * Source: Channel Access protocol specification, CA_PROTO_NOT_FOUND. */
export const notFound = caMessage({
  kind: 'notFound',
  command: 14,
  slots: { dataType: 'reply', count: 'minor', p1: 'searchId', p2: 'searchIdAgain' },
  payload: noPayload,
})
