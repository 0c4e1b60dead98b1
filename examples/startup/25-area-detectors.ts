// Area detectors of the platform, as its configuration names them: `[daq.jungfrau]` of the demo is a simulated JUNGFRAU. Their images
// go to HDF5 files of the DAQ service; the documents of a run say where. Without such a table the name does not exist.

import { platformDetectors } from '@beamtime/detector-daq/device'

export const { jungfrau } = platformDetectors()
