import { i32, vector } from '../flatbuffers/field.ts'
import { schema } from '../flatbuffers/schema.ts'

/* df12 map of spectra to detectors: spectrum [I32]  detector_id [I32]  n_spectra I32
 * Source: ESS streaming-data-types, df12_det_spec_map.fbs */
export const df12 = schema('df12', { spectrum: vector('i32'), detector_id: vector('i32'), n_spectra: i32() })
