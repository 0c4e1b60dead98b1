import { readU16, writeU16 } from './header.ts'
import { caMessage, rawPayload, type PayloadField } from './message.ts'

/** Why a subscription wants an update. Bits of a mask. */
export const eventMask = { value: 1, log: 2, alarm: 4, property: 8 } as const

const maskPayload: PayloadField<'mask', number> = {
  name: 'mask',
  read: (payload) => (payload.length >= 14 ? readU16(payload, 12) : 0),
  write: (mask) => {
    const bytes = new Uint8Array(16)
    writeU16(bytes, 12, mask)
    return bytes
  },
}

/* EVENT_ADD (1) request, client to server, TCP
 *   type DBR   count elements, 0 = as many as there are   p1 SID   p2 subscription id
 *   payload f32 low, f32 high, f32 to (all 0), u16 mask, u16 0
 * Source: Channel Access protocol specification, CA_PROTO_EVENT_ADD. */
export const eventAddRequest = caMessage({
  kind: 'eventAddRequest',
  command: 1,
  slots: { dataType: 'dbr', count: 'count', p1: 'sid', p2: 'subscriptionId' },
  payload: maskPayload,
})

/* EVENT_ADD (1) update, server to client, TCP
 *   type DBR   count elements sent   p1 ECA status   p2 subscription id   payload DBR data
 * Without payload it ends the subscription, but only after EVENT_CANCEL: an empty dynamic array of a plain type looks the same. */
export const eventAddReply = caMessage({
  kind: 'eventAddReply',
  command: 1,
  slots: { dataType: 'dbr', count: 'count', p1: 'status', p2: 'subscriptionId' },
  payload: rawPayload,
})
