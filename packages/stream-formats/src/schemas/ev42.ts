import { f32, i8, text, u32, u64, union, vector } from '../flatbuffers/field.ts'
import { schema } from '../flatbuffers/schema.ts'

/* ev42 event data of one pulse (old)
 *   source_name STRING  message_id U64  pulse_time U64 ns  time_of_flight [U32] ns  detector_id [U32]
 *   facility_specific_data UNION { ISISData, AdcPulseDebug }
 * Source: ESS streaming-data-types, ev42_events.fbs */
export const ev42 = schema('ev42', {
  source_name: text(),
  message_id: u64(),
  pulse_time: u64(),
  time_of_flight: vector('u32'),
  detector_id: vector('u32'),
  facility_specific_data: union({
    ISISData: { period_number: u32(), run_state: i8(), proton_charge: f32() },
    AdcPulseDebug: {
      amplitude: vector('u32'),
      peak_area: vector('u32'),
      background: vector('u32'),
      threshold_time: vector('u64'),
      peak_time: vector('u64'),
    },
  }),
})
