import { tables, text, u16 } from '../flatbuffers/field.ts'
import { schema } from '../flatbuffers/schema.ts'

/* rf5k configuration of the forwarder (old): fc00 without REPLACE and periodic
 * Source: ESS streaming-data-types, rf5k_forwarder_config.fbs */
export const rf5k = schema('rf5k', {
  config_change: u16(),
  streams: tables({ channel: text(), schema: text(), topic: text(), protocol: u16() }),
})
