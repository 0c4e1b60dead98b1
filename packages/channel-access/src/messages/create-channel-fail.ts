import { caMessage, noPayload } from './message.ts'

/* CREATE_CH_FAIL (26), server to client, TCP: p1 CID
 * Source: Channel Access protocol specification, CA_PROTO_CREATE_CH_FAIL. */
export const createChannelFail = caMessage({
  kind: 'createChannelFail',
  command: 26,
  slots: { p1: 'cid' },
  payload: noPayload,
})
