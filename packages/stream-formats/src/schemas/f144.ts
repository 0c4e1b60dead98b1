import { i64, requiredText, union } from '../flatbuffers/field.ts'
import { schema } from '../flatbuffers/schema.ts'
import { logValues } from './log-value.ts'

/* f144 log data: one value of a process variable
 *   source_name STRING  timestamp I64 ns  value UNION of the ten numbers and their arrays
 * Source: ESS streaming-data-types, f144_logdata.fbs */
export const f144 = schema('f144', { source_name: requiredText(), timestamp: i64(), value: union(logValues) })
