import { LiveDataError } from '../error.ts'
import type { GeometricScreens } from '../workflows/detector-view.ts'

/** Geometric views without geometry: the start of such a job is refused with the reason. */
export const noGeometry: GeometricScreens = (_, bank) => {
  throw new LiveDataError({
    code: 'LIVEDATA_REFUSED',
    message: `the places of the pixels of ${bank.stream} are not known`,
    fault: 'environment',
    remedy: 'name a geometry file in livedata.NAME.geometry',
  })
}
