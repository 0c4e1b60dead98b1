import { i64, requiredText, vector } from '../flatbuffers/field.ts'
import { schema } from '../flatbuffers/schema.ts'

/* ar51 raw readout: source_name STRING  message_id I64  raw_data [U8]
 * Source: ESS streaming-data-types, ar51_readout_data.fbs */
export const ar51 = schema('ar51', { source_name: requiredText(), message_id: i64(), raw_data: vector('u8') })
