import { text } from '../flatbuffers/field.ts'
import { schema } from '../flatbuffers/schema.ts'

/* json any JSON text: json STRING
 * Source: ESS streaming-data-types, json_json.fbs */
export const json = schema('json', { json: text() })
