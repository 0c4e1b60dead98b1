import { caMessage, noPayload, textPayload } from './message.ts'

/* CREATE_CHAN (18) request, client to server, TCP: p1 CID   p2 minor version   payload PV name, NUL, padded
 * Source: Channel Access protocol specification, CA_PROTO_CREATE_CHAN. */
export const createChannelRequest = caMessage({
  kind: 'createChannelRequest',
  command: 18,
  slots: { p1: 'cid', p2: 'minor' },
  payload: textPayload('name'),
})

/* CREATE_CHAN (18) reply, server to client: type native type 0..6   count most elements   p1 CID   p2 SID
 * ACCESS_RIGHTS comes before it. SIDs start at 0. */
export const createChannelReply = caMessage({
  kind: 'createChannelReply',
  command: 18,
  slots: { dataType: 'native', count: 'count', p1: 'cid', p2: 'sid' },
  payload: noPayload,
})
