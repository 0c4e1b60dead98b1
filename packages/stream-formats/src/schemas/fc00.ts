import { i32, tables, text, u16 } from '../flatbuffers/field.ts'
import { schema } from '../flatbuffers/schema.ts'

/* fc00 configuration of the forwarder: config_change U16 { ADD REMOVE REMOVEALL REPLACE }
 *   streams [ channel  schema  topic STRINGs  protocol U16 { PVA CA FAKE }  periodic I32 ]
 * Source: ESS streaming-data-types, fc00_forwarder_config.fbs */
export const fc00 = schema('fc00', {
  config_change: u16(),
  streams: tables({ channel: text(), schema: text(), topic: text(), protocol: u16(), periodic: i32() }),
})
