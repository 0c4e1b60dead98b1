import { i16, i64, text } from '../flatbuffers/field.ts'
import { schema } from '../flatbuffers/schema.ts'

/* al00 alarm: source_name STRING  timestamp I64 ns  severity I16 { OK MINOR MAJOR INVALID }  message STRING
 * Source: ESS streaming-data-types, al00_alarm.fbs */
export const al00 = schema('al00', {
  source_name: text(),
  timestamp: i64(),
  severity: i16(),
  message: text(),
})
