import { i32, i8, requiredText, requiredVector, tables, text, u64 } from '../flatbuffers/field.ts'
import { schema } from '../flatbuffers/schema.ts'

/* ADAr area detector image (old): ad00 with unsigned time and dimensions
 * Source: ESS streaming-data-types, ADAr_area_detector_array.fbs */
export const adar = schema('ADAr', {
  source_name: requiredText(),
  id: i32(),
  timestamp: u64(),
  dimensions: requiredVector('u64'),
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
