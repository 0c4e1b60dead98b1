import { text, u64 } from '../flatbuffers/field.ts'
import { schema } from '../flatbuffers/schema.ts'

/* 6s4t run stop: stop_time U64 ms (0 = now)  run_name  job_id  service_id  command_id STRINGs
 * Source: ESS streaming-data-types, 6s4t_run_stop.fbs */
export const runStop6s4t = schema('6s4t', {
  stop_time: u64(),
  run_name: text(),
  job_id: text(),
  service_id: text(),
  command_id: text(),
})
