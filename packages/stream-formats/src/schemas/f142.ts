import { text, u16, u64, union } from '../flatbuffers/field.ts'
import { schema } from '../flatbuffers/schema.ts'
import { logValues } from './log-value.ts'

/* f142 log data (old): f144 with the EPICS status and severity, each 22 or 4 when unchanged
 *   source_name STRING  value UNION  timestamp U64 ns  status U16 = 22  severity U16 = 4
 * Source: ESS streaming-data-types, f142_logdata.fbs */
export const f142 = schema('f142', {
  source_name: text(),
  value: union(logValues),
  timestamp: u64(),
  status: u16(22),
  severity: u16(4),
})
