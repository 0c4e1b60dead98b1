import { createSimulatedDevices, synAxis } from '@beamtime/run-engine'

export const { det, motor } = createSimulatedDevices()
export const stage = synAxis('stage', { delayS: 0.2, eventsPerMove: 20 })
