import { i64, i8, requiredTables, requiredText, requiredVector, text, texts } from '../flatbuffers/field.ts'
import { schema } from '../flatbuffers/schema.ts'

/* da00 data arrays: histograms and results
 *   source_name STRING  timestamp I64 ns  data [Variable]
 *   Variable: name STRING  unit STRING  label STRING  source STRING  data_type I8  axes [STRING]  shape [I64]  data [U8]
 * Source: ESS streaming-data-types, da00_dataarray.fbs */
export const da00 = schema('da00', {
  source_name: requiredText(),
  timestamp: i64(),
  data: requiredTables({
    name: requiredText(),
    unit: text(),
    label: text(),
    source: text(),
    data_type: i8(),
    axes: texts(),
    shape: requiredVector('i64'),
    data: requiredVector('u8'),
  }),
})
