import { caMessage, rawPayload } from './message.ts'

/* WRITE (4), client to server, TCP; no reply on success, ERROR on failure
 *   type DBR   count   p1 SID   p2 IOID   payload DBR data (a single string may be shorter than 40 bytes)
 * Source: Channel Access protocol specification, CA_PROTO_WRITE. */
export const writeRequest = caMessage({
  kind: 'writeRequest',
  command: 4,
  slots: { dataType: 'dbr', count: 'count', p1: 'sid', p2: 'ioid' },
  payload: rawPayload,
})
