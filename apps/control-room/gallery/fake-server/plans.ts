import type { FormField, FormModel, FormVarargs } from '@beamtime/http-gateway/ui-types'

function field(name: string, kind: FormField['kind'], more: Partial<FormField> = {}): FormField {
  const label = (name.charAt(0).toUpperCase() + name.slice(1)).replaceAll('_', ' ')
  return { name, kind, label, help: '', required: false, pass: 'kwargs', advanced: false, ...more }
}

const item = (kind: FormField['kind'], more: Partial<FormField> = {}): FormField => field('', kind, more)

const detectors = field('detectors', 'list', {
  required: true,
  pass: 'args',
  item: item('device', { trait: 'readable' }),
  help: 'What is read at each point.',
})
const perStep = field('per_step', 'expression', { advanced: true, help: 'Hook for the inner loop.' })
const md = field('md', 'dict', { advanced: true, help: 'Metadata of the run.' })
const num = field('num', 'integer', { required: true, min: 1, label: 'Points' })
const motor = field('motor', 'device', { pass: 'args', required: true, trait: 'movable' })
const start = field('start', 'number', { pass: 'args', required: true, label: 'From' })
const stop = field('stop', 'number', { pass: 'args', required: true, label: 'To' })
const snake = field('snake', 'boolean', { pass: 'args', default: false })

function rows(pattern: readonly FormField[], more: Partial<FormVarargs> = {}): FormVarargs {
  return {
    name: 'args',
    label: 'Axes',
    help: '',
    pattern,
    tail: [],
    min: 1,
    literal: false,
    notInFirst: [],
    ...more,
  }
}

interface ModelParts extends Partial<FormModel> {
  readonly group: string
  readonly fields: FormModel['fields']
}

function model(name: string, title: string, parts: ModelParts): FormModel {
  const description = `${title.charAt(0).toUpperCase()}${title.slice(1)}.`
  return { name, title, description, uid: `form-${name}`, ...parts }
}

/** Plans with every kind of field that the form generator knows. */
export const fakePlans: readonly FormModel[] = [
  model('count', 'read detectors in place', {
    group: 'points',
    fields: [
      detectors,
      field('num', 'integer', { default: 1, min: 1, label: 'Points' }),
      field('delay', 'number', { default: 0, min: 0, unit: 's' }),
      perStep,
      md,
    ],
  }),
  model('scan', 'scan over one multi-motor trajectory', {
    group: 'points',
    fields: [detectors, num, field('exposure', 'number', { unit: 's', min: 0.001, max: 600 }), perStep, md],
    varargs: rows([motor, start, stop]),
  }),
  model('rel_scan', 'scan around the current position', {
    group: 'points',
    fields: [detectors, num, perStep, md],
    varargs: rows([motor, start, stop]),
  }),
  model('grid_scan', 'scan over a mesh of motors', {
    group: 'grids',
    fields: [
      detectors,
      field('exposure', 'number', { unit: 's', default: 1 }),
      field('settle_time', 'number', { unit: 's', min: 0, nullable: true }),
      perStep,
      md,
    ],
    varargs: rows([motor, start, stop, { ...num, pass: 'args' }, snake], { notInFirst: ['snake'], min: 2 }),
  }),
  model('list_scan', 'scan over listed positions', {
    group: 'points',
    fields: [detectors, perStep, md],
    varargs: rows([
      motor,
      field('positions', 'list', { pass: 'args', required: true, item: item('number') }),
    ]),
  }),
  model('xafs_scan', 'absorption spectrum over an edge', {
    group: 'spectra',
    fields: [
      field('energy_from', 'number', { required: true, unit: 'keV', label: 'From' }),
      field('energy_to', 'number', { required: true, unit: 'keV', label: 'To' }),
      field('points', 'integer', { required: true, min: 2 }),
      field('mode', 'select', { options: ['transmission', 'fluorescence', 'both'], default: 'both' }),
      field('roi', 'tuple', {
        variants: [item('integer'), item('integer')],
        advanced: true,
        label: 'Region of interest',
      }),
      field('attenuator', 'union', {
        variants: [item('number', { label: 'thickness' }), item('text', { label: 'foil' })],
        advanced: true,
      }),
      md,
    ],
  }),
  model('tomo_fly', 'continuous tomogram', {
    group: 'spectra',
    fields: [
      field('projections', 'integer', { required: true }),
      field('exposure', 'number', { unit: 'ms', required: true }),
      field('stage', 'device', { trait: 'movable', default: 'rot' }),
    ],
  }),
  model('temp_ramp', 'temperature ramp with readout', {
    group: 'spectra',
    fields: [
      field('from', 'number', { unit: 'K', required: true }),
      field('to', 'number', { unit: 'K', required: true }),
      field('rate', 'number', { unit: 'K/min', default: 5 }),
    ],
  }),
  model('mv', 'move one or more motors', {
    group: 'moves',
    fields: [],
    varargs: rows([motor, field('target', 'number', { pass: 'args', required: true, label: 'To' })], {
      label: 'Moves',
    }),
  }),
]

const device = (
  unit: string,
  more: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> => ({
  classname: 'Device',
  module: 'startup',
  is_readable: true,
  is_movable: false,
  is_flyable: false,
  unit,
  ...more,
})
const axis = (unit: string, limits: readonly [number, number]): Readonly<Record<string, unknown>> =>
  device(unit, { classname: 'Motor', is_movable: true, limits })
const point = (unit: string): Readonly<Record<string, unknown>> =>
  device(unit, { classname: 'PointDetector' })

export const fakeDevices: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  th: axis('deg', [-10, 90]),
  sam_x: axis('mm', [-12.5, 12.5]),
  sam_y: axis('mm', [-12.5, 12.5]),
  sam_z: axis('mm', [-25, 25]),
  energy: axis('keV', [4, 30]),
  rot: axis('deg', [-360, 360]),
  s2_gap: axis('mm', [0, 10]),
  ls336: axis('K', [4, 800]),
  diode: point('cts'),
  i0: point('cts'),
  i1: point('cts'),
  vortex: point('cts'),
  eiger: device('', { classname: 'AreaDetector', is_flyable: true }),
}
