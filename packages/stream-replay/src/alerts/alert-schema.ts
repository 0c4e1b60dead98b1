import { parseAvroSchema, type AvroSchema } from '@beamtime/stream-formats/avro'

/* Fields of the alerts of the Rubin Observatory, schema 7.4 (the last whose records have an alertId): name and type of each,
 * `?` for one that may be null. Source: the schema in the sample alerts of lsst/alert_packet, checked by a test. */

const diaSource = `
  diaSourceId:long visit:long detector:int diaObjectId:long? ssObjectId:long? parentDiaSourceId:long?
  midpointMjdTai:double ra:double raErr:float? dec:double decErr:float? ra_dec_Cov:float? x:float
  xErr:float? y:float yErr:float? x_y_Cov:float? centroid_flag:boolean? apFlux:float? apFluxErr:float?
  apFlux_flag:boolean? apFlux_flag_apertureTruncated:boolean? is_negative:boolean? snr:float?
  psfFlux:float? psfFluxErr:float? psfRa:double? psfRaErr:float? psfDec:double? psfDecErr:float?
  psfFlux_psfRa_Cov:float? psfFlux_psfDec_Cov:float? psfRa_psfDec_Cov:float? psfLnL:float?
  psfChi2:float? psfNdata:int? psfFlux_flag:boolean? psfFlux_flag_edge:boolean?
  psfFlux_flag_noGoodPixels:boolean? trailFlux:float? trailFluxErr:float? trailRa:double?
  trailRaErr:float? trailDec:double? trailDecErr:float? trailLength:float? trailLengthErr:float?
  trailAngle:float? trailAngleErr:float? trailFlux_trailRa_Cov:float? trailFlux_trailDec_Cov:float?
  trailFlux_trailLength_Cov:float? trailFlux_trailAngle_Cov:float? trailRa_trailDec_Cov:float?
  trailRa_trailLength_Cov:float? trailRa_trailAngle_Cov:float? trailDec_trailLength_Cov:float?
  trailDec_trailAngle_Cov:float? trailLength_trailAngle_Cov:float? trailLnL:float? trailChi2:float?
  trailNdata:int? trail_flag_edge:boolean? dipoleMeanFlux:float? dipoleMeanFluxErr:float?
  dipoleFluxDiff:float? dipoleFluxDiffErr:float? dipoleRa:double? dipoleRaErr:float? dipoleDec:double?
  dipoleDecErr:float? dipoleLength:float? dipoleLengthErr:float? dipoleAngle:float?
  dipoleAngleErr:float? dipoleMeanFlux_dipoleFluxDiff_Cov:float? dipoleMeanFlux_dipoleRa_Cov:float?
  dipoleMeanFlux_dipoleDec_Cov:float? dipoleMeanFlux_dipoleLength_Cov:float?
  dipoleMeanFlux_dipoleAngle_Cov:float? dipoleFluxDiff_dipoleRa_Cov:float?
  dipoleFluxDiff_dipoleDec_Cov:float? dipoleFluxDiff_dipoleLength_Cov:float?
  dipoleFluxDiff_dipoleAngle_Cov:float? dipoleRa_dipoleDec_Cov:float? dipoleRa_dipoleLength_Cov:float?
  dipoleRa_dipoleAngle_Cov:float? dipoleDec_dipoleLength_Cov:float? dipoleDec_dipoleAngle_Cov:float?
  dipoleLength_dipoleAngle_Cov:float? dipoleLnL:float? dipoleChi2:float? dipoleNdata:int?
  forced_PsfFlux_flag:boolean? forced_PsfFlux_flag_edge:boolean?
  forced_PsfFlux_flag_noGoodPixels:boolean? snapDiffFlux:float? snapDiffFluxErr:float? fpBkgd:float?
  fpBkgdErr:float? ixx:float? ixxErr:float? iyy:float? iyyErr:float? ixy:float? ixyErr:float?
  ixx_iyy_Cov:float? ixx_ixy_Cov:float? iyy_ixy_Cov:float? ixxPSF:float? iyyPSF:float? ixyPSF:float?
  shape_flag:boolean? shape_flag_no_pixels:boolean? shape_flag_not_contained:boolean?
  shape_flag_parent_source:boolean? extendedness:float? reliability:float? band:string?
  dipoleFitAttempted:boolean? pixelFlags:boolean? pixelFlags_bad:boolean? pixelFlags_cr:boolean?
  pixelFlags_crCenter:boolean? pixelFlags_edge:boolean? pixelFlags_nodata:boolean?
  pixelFlags_nodataCenter:boolean? pixelFlags_interpolated:boolean?
  pixelFlags_interpolatedCenter:boolean? pixelFlags_offimage:boolean? pixelFlags_saturated:boolean?
  pixelFlags_saturatedCenter:boolean? pixelFlags_suspect:boolean? pixelFlags_suspectCenter:boolean?
  pixelFlags_streak:boolean? pixelFlags_streakCenter:boolean? pixelFlags_injected:boolean?
  pixelFlags_injectedCenter:boolean? pixelFlags_injected_template:boolean?
  pixelFlags_injected_templateCenter:boolean?`

const diaForcedSource = `
  diaForcedSourceId:long diaObjectId:long ra:double dec:double visit:long detector:int psfFlux:float?
  psfFluxErr:float? midpointMjdTai:double band:string?`

const diaNondetectionLimit = `
  ccdVisitId:long midpointMjdTai:double band:string diaNoise:float`

const diaObject = `
  diaObjectId:long ra:double raErr:float? dec:double decErr:float? ra_dec_Cov:float?
  radecMjdTai:double? pmRa:float? pmRaErr:float? pmDec:float? pmDecErr:float? parallax:float?
  parallaxErr:float? pmRa_pmDec_Cov:float? pmRa_parallax_Cov:float? pmDec_parallax_Cov:float?
  pmParallaxLnL:float? pmParallaxChi2:float? pmParallaxNdata:int? u_psfFluxMean:float?
  u_psfFluxMeanErr:float? u_psfFluxSigma:float? u_psfFluxChi2:float? u_psfFluxNdata:int?
  u_fpFluxMean:float? u_fpFluxMeanErr:float? u_fpFluxSigma:float? g_psfFluxMean:float?
  g_psfFluxMeanErr:float? g_psfFluxSigma:float? g_psfFluxChi2:float? g_psfFluxNdata:int?
  g_fpFluxMean:float? g_fpFluxMeanErr:float? g_fpFluxSigma:float? r_psfFluxMean:float?
  r_psfFluxMeanErr:float? r_psfFluxSigma:float? r_psfFluxChi2:float? r_psfFluxNdata:int?
  r_fpFluxMean:float? r_fpFluxMeanErr:float? r_fpFluxSigma:float? i_psfFluxMean:float?
  i_psfFluxMeanErr:float? i_psfFluxSigma:float? i_psfFluxChi2:float? i_psfFluxNdata:int?
  i_fpFluxMean:float? i_fpFluxMeanErr:float? i_fpFluxSigma:float? z_psfFluxMean:float?
  z_psfFluxMeanErr:float? z_psfFluxSigma:float? z_psfFluxChi2:float? z_psfFluxNdata:int?
  z_fpFluxMean:float? z_fpFluxMeanErr:float? z_fpFluxSigma:float? y_psfFluxMean:float?
  y_psfFluxMeanErr:float? y_psfFluxSigma:float? y_psfFluxChi2:float? y_psfFluxNdata:int?
  y_fpFluxMean:float? y_fpFluxMeanErr:float? y_fpFluxSigma:float? nearbyObj1:long?
  nearbyObj1Dist:float? nearbyObj1LnP:float? nearbyObj2:long? nearbyObj2Dist:float?
  nearbyObj2LnP:float? nearbyObj3:long? nearbyObj3Dist:float? nearbyObj3LnP:float?
  u_psfFluxErrMean:float? g_psfFluxErrMean:float? r_psfFluxErrMean:float? i_psfFluxErrMean:float?
  z_psfFluxErrMean:float? y_psfFluxErrMean:float?`

const ssObject = `
  ssObjectId:long discoverySubmissionDate:double? firstObservationDate:double? arc:float? numObs:int?
  MOID:float? MOIDTrueAnomaly:float? MOIDEclipticLongitude:float? MOIDDeltaV:float? u_H:float?
  u_G12:float? u_HErr:float? u_G12Err:float? u_H_u_G12_Cov:float? u_Chi2:float? u_Ndata:int?
  g_H:float? g_G12:float? g_HErr:float? g_G12Err:float? g_H_g_G12_Cov:float? g_Chi2:float?
  g_Ndata:int? r_H:float? r_G12:float? r_HErr:float? r_G12Err:float? r_H_r_G12_Cov:float?
  r_Chi2:float? r_Ndata:int? i_H:float? i_G12:float? i_HErr:float? i_G12Err:float?
  i_H_i_G12_Cov:float? i_Chi2:float? i_Ndata:int? z_H:float? z_G12:float? z_HErr:float?
  z_G12Err:float? z_H_z_G12_Cov:float? z_Chi2:float? z_Ndata:int? y_H:float? y_G12:float?
  y_HErr:float? y_G12Err:float? y_H_y_G12_Cov:float? y_Chi2:float? y_Ndata:int?
  medianExtendedness:float?`

interface AvroField {
  readonly name: string
  readonly type: unknown
  readonly default?: null
}

function field(name: string, type: unknown, mayBeNull: boolean): AvroField {
  return mayBeNull ? { name, type: ['null', type], default: null } : { name, type }
}

function recordOf(
  name: string,
  fields: string,
): { readonly type: 'record'; readonly name: string; readonly fields: AvroField[] } {
  const words = fields.split(/\s+/).filter(Boolean)
  return {
    type: 'record',
    name: `lsst.v7_4.${name}`,
    fields: words.map((word) => {
      const [fieldName = '', type = ''] = word.split(':')
      return field(fieldName, type.replace('?', ''), type.endsWith('?'))
    }),
  }
}

/** The writer schema of alerts of version 7.4, as JSON. */
export const alertSchemaText: string = JSON.stringify({
  type: 'record',
  name: 'lsst.v7_4.alert',
  doc: 'Rubin Avro alert schema v7.4',
  fields: [
    field('alertId', 'long', false),
    field('diaSource', recordOf('diaSource', diaSource), false),
    field('prvDiaSources', { type: 'array', items: 'lsst.v7_4.diaSource' }, true),
    field(
      'prvDiaForcedSources',
      { type: 'array', items: recordOf('diaForcedSource', diaForcedSource) },
      true,
    ),
    field(
      'prvDiaNondetectionLimits',
      { type: 'array', items: recordOf('diaNondetectionLimit', diaNondetectionLimit) },
      true,
    ),
    field('diaObject', recordOf('diaObject', diaObject), true),
    field('ssObject', recordOf('ssObject', ssObject), true),
    field('cutoutDifference', 'bytes', true),
    field('cutoutScience', 'bytes', true),
    field('cutoutTemplate', 'bytes', true),
  ],
})

export function alertSchema(): AvroSchema {
  return parseAvroSchema(alertSchemaText)
}

/** Names and types of the fields of one of its records. */
export function fieldsOf(
  record: 'diaSource' | 'diaForcedSource' | 'diaObject',
): readonly { readonly name: string; readonly type: string }[] {
  const text = { diaSource, diaForcedSource, diaObject }[record]
  return text
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => {
      const [name = '', type = ''] = word.split(':')
      return { name, type }
    })
}
