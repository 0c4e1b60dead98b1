import { i16, i64, requiredText, text } from '../flatbuffers/field.ts'
import { schema } from '../flatbuffers/schema.ts'

/* ep01 connection of a process variable: timestamp I64 ns  status I16  source_name STRING  service_id STRING
 *   status { UNKNOWN NEVER_CONNECTED CONNECTED DISCONNECTED DESTROYED CANCELLED FINISHED REMOTE_ERROR }
 * Source: ESS streaming-data-types, ep01_epics_connection.fbs */
export const ep01 = schema('ep01', {
  timestamp: i64(),
  status: i16(),
  source_name: requiredText(),
  service_id: text(),
})
