import { i32, i64, i8, requiredText, requiredVector, tables, text } from '../flatbuffers/field.ts'
import { schema } from '../flatbuffers/schema.ts'

/* ad00 area detector image
 *   source_name STRING  id I32  timestamp I64 ns  dimensions [I64] rows first  data_type I8 (one less than that of da00)  data [U8]
 *   attributes [ name STRING  description STRING  source STRING  data_type I8  data [U8] ]
 * Source: ESS streaming-data-types, ad00_area_detector_array.fbs */
export const ad00 = schema('ad00', {
  source_name: requiredText(),
  id: i32(),
  timestamp: i64(),
  dimensions: requiredVector('i64'),
  data_type: i8(),
  data: requiredVector('u8'),
  attributes: tables({
    name: requiredText(),
    description: text(),
    source: text(),
    data_type: i8(),
    data: requiredVector('u8'),
  }),
})
