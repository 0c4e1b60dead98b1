import { i32, i8, requiredText, text, u64 } from '../flatbuffers/field.ts'
import { schema } from '../flatbuffers/schema.ts'

/* answ answer of the file writer
 *   service_id  job_id STRINGs  action I8 { StartJob SetStopTime }  outcome I8 { Success Failure }  status_code I32  stop_time U64 ms
 *   message  command_id STRINGs
 * Source: ESS streaming-data-types, answ_action_response.fbs */
export const answ = schema('answ', {
  service_id: requiredText(),
  job_id: requiredText(),
  action: i8(),
  outcome: i8(),
  status_code: i32(),
  stop_time: u64(),
  message: text(),
  command_id: text(),
})
