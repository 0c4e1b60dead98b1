import { text, u32 } from '../flatbuffers/field.ts'
import { schema } from '../flatbuffers/schema.ts'

/* x5f2 status of a service, repeated as a heartbeat
 *   software_name  software_version  service_id  host_name STRINGs  process_id U32  update_interval U32 ms  status_json STRING
 * Source: ESS streaming-data-types, x5f2_status.fbs */
export const x5f2 = schema('x5f2', {
  software_name: text(),
  software_version: text(),
  service_id: text(),
  host_name: text(),
  process_id: u32(),
  update_interval: u32(),
  status_json: text(),
})
