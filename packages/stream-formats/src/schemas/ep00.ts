import { text, u16, u64 } from '../flatbuffers/field.ts'
import { schema } from '../flatbuffers/schema.ts'

/* ep00 connection (old): timestamp U64 ns  type U16  source_name STRING  service_id STRING
 * Source: ESS streaming-data-types, ep00_epics_connection_info.fbs */
export const ep00 = schema('ep00', { timestamp: u64(), type: u16(), source_name: text(), service_id: text() })
