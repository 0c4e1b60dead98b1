import { bool, requiredText, text } from '../flatbuffers/field.ts'
import { schema } from '../flatbuffers/schema.ts'

/* wrdn a file is finished: service_id  job_id STRINGs  error_encountered BOOL  file_name  metadata  message STRINGs
 * Source: ESS streaming-data-types, wrdn_finished_writing.fbs */
export const wrdn = schema('wrdn', {
  service_id: requiredText(),
  job_id: requiredText(),
  error_encountered: bool(),
  file_name: requiredText(),
  metadata: text(),
  message: text(),
})
