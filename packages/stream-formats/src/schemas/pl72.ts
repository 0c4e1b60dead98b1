import { i32, table, text, u32, u64, vector } from '../flatbuffers/field.ts'
import { schema } from '../flatbuffers/schema.ts'

/* pl72 run start
 *   start_time U64 ms  stop_time U64 ms (0 = none)  run_name  instrument_name  nexus_structure JSON  job_id  broker  service_id  filename
 *   n_periods U32 = 1  detector_spectrum_map { spectrum [I32]  detector_id [I32]  n_spectra I32 }  metadata JSON  control_topic
 * Source: ESS streaming-data-types, pl72_run_start.fbs and df12_det_spec_map.fbs */
export const pl72 = schema('pl72', {
  start_time: u64(),
  stop_time: u64(),
  run_name: text(),
  instrument_name: text(),
  nexus_structure: text(),
  job_id: text(),
  broker: text(),
  service_id: text(),
  filename: text(),
  n_periods: u32(1),
  detector_spectrum_map: table({ spectrum: vector('i32'), detector_id: vector('i32'), n_spectra: i32() }),
  metadata: text(),
  control_topic: text(),
})
