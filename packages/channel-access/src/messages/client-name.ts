import { caMessage, textPayload } from './message.ts'

/* CLIENT_NAME (20), client to server, TCP: payload user name, NUL, padded
 * Source: Channel Access protocol specification, CA_PROTO_CLIENT_NAME. */
export const clientName = caMessage({
  kind: 'clientName',
  command: 20,
  slots: {},
  payload: textPayload('name'),
})
