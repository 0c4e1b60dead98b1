// The motors of the demo beamline. They take a realistic time to move, know their limits and can be stopped.

import { Signal, bundle, simMotor } from '@beamtime/run-engine'

/** Angle of the sample: the rocking curve of the crystal has its peak near 0.12 deg. */
export const th = simMotor('th', {
  units: 'deg',
  velocity: 10,
  accelerationTimeS: 0.05,
  limits: [-5, 95],
  precision: 4,
})

/** Angle of the detector arm. */
export const tth = simMotor('tth', {
  units: 'deg',
  velocity: 20,
  accelerationTimeS: 0.05,
  limits: [-10, 150],
  precision: 4,
})

/** Photon energy that the monochromator lets through. */
export const energy = simMotor('energy', {
  units: 'eV',
  velocity: 2000,
  accelerationTimeS: 0.05,
  initialValue: 7000,
  limits: [4500, 20_000],
  precision: 1,
})

/** Sample stage. */
export const sam_x = simMotor('sam_x', { velocity: 5, accelerationTimeS: 0.05, limits: [-10, 10] })
export const sam_y = simMotor('sam_y', { velocity: 5, accelerationTimeS: 0.05, limits: [-10, 10] })
export const sam_z = simMotor('sam_z', { velocity: 2, accelerationTimeS: 0.1, limits: [-25, 25] })

/** Slits in front of the sample: everything downstream sees less when they are narrow. */
export const slit = bundle('slit', {
  gap: (name) =>
    simMotor(name, { velocity: 2, accelerationTimeS: 0.05, initialValue: 0.5, limits: [0, 5], units: 'mm' }),
  center: (name) => simMotor(name, { velocity: 2, accelerationTimeS: 0.05, limits: [-3, 3], units: 'mm' }),
})

/** 'open' or 'closed'. Closed, the detectors see their dark counts only. */
export const shutter = new Signal('shutter', { value: 'open', enumStrings: ['closed', 'open'] })
