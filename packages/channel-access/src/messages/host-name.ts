import { caMessage, textPayload } from './message.ts'

/* HOST_NAME (21), client to server, TCP: payload host name, NUL, padded
 * Source: Channel Access protocol specification, CA_PROTO_HOST_NAME. */
export const hostName = caMessage({
  kind: 'hostName',
  command: 21,
  slots: {},
  payload: textPayload('name'),
})
