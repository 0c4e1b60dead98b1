/* The one acquisition machine behind all faces (daq contract 7.4). Pure: events in, the next state out. */

export type AcquisitionPhase = 'creating' | 'waiting' | 'acquiring' | 'flushing' | 'finished' | 'failed'

export interface AcquisitionInfo {
  /** -1: until it is stopped. */
  readonly n_images: number
  readonly output_file: string
  readonly run_id: number
}

export interface Acquisition {
  readonly phase: AcquisitionPhase
  readonly message: string
  readonly info: AcquisitionInfo
  readonly requested: number
  readonly completed: number
  /** Unix seconds. */
  readonly startTime: number
  readonly stopTime: number | null
  readonly wasStopped: boolean
}

export type AcquisitionEvent =
  | { readonly kind: 'start'; readonly info: AcquisitionInfo; readonly time: number }
  | { readonly kind: 'created' }
  | { readonly kind: 'progress'; readonly requested: number; readonly completed: number }
  | { readonly kind: 'stop' }
  | { readonly kind: 'ended'; readonly requested: number }
  | { readonly kind: 'closed'; readonly completed: number; readonly time: number }
  | { readonly kind: 'failed'; readonly reason: string }

type EventKind = AcquisitionEvent['kind']

/** Which events mean something in which phase; others are ignored. `failed` counts in every phase of a run that goes on. */
export const acquisitionTransitions = {
  creating: { created: 'waiting', failed: 'flushing', stop: 'creating', closed: 'failed', ended: 'creating' },
  waiting: {
    progress: 'acquiring',
    stop: 'waiting',
    ended: 'flushing',
    failed: 'flushing',
    closed: 'finished',
  },
  acquiring: {
    progress: 'acquiring',
    stop: 'acquiring',
    ended: 'flushing',
    failed: 'flushing',
    closed: 'finished',
  },
  flushing: { progress: 'flushing', failed: 'flushing', closed: 'finished', ended: 'flushing' },
  finished: { start: 'creating' },
  failed: { start: 'creating' },
} as const satisfies Record<AcquisitionPhase, Partial<Record<EventKind, AcquisitionPhase>>>

/** Whether a run goes on. */
export function isWriting(acquisition: Acquisition | null): boolean {
  return acquisition !== null && acquisition.phase !== 'finished' && acquisition.phase !== 'failed'
}

/** The state after an event. An event that means nothing in the phase changes nothing. */
export function acquisitionStep(state: Acquisition | null, event: AcquisitionEvent): Acquisition | null {
  if (event.kind === 'start') {
    if (isWriting(state)) return state
    return {
      phase: 'creating',
      message: '',
      info: event.info,
      requested: 0,
      completed: 0,
      startTime: event.time,
      stopTime: null,
      wasStopped: false,
    }
  }
  if (state === null) return null
  const transitions: Partial<Record<EventKind, AcquisitionPhase>> = acquisitionTransitions[state.phase]
  const phase = transitions[event.kind]
  if (phase === undefined) return state
  switch (event.kind) {
    case 'created':
      return { ...state, phase }
    case 'progress': {
      const { requested, completed } = event
      const isFirst = requested === 0 && state.phase === 'waiting'
      return { ...state, phase: isFirst ? 'waiting' : phase, requested, completed }
    }
    case 'stop':
      return { ...state, phase, wasStopped: true }
    case 'ended':
      return { ...state, phase, requested: event.requested }
    case 'failed':
      // The first reason is the one that matters.
      return { ...state, phase, message: state.message === '' ? `ERROR: ${event.reason}` : state.message }
    case 'closed':
      return close(state, event)
  }
}

function close(
  state: Acquisition,
  event: { readonly completed: number; readonly time: number },
): Acquisition {
  const isFailed = state.message !== ''
  const isShort = state.info.n_images >= 0 ? event.completed < state.info.n_images : false
  const message = isFailed ? state.message : isShort ? 'Interrupted.' : 'Completed.'
  return {
    ...state,
    phase: isFailed ? 'failed' : 'finished',
    message,
    completed: event.completed,
    requested: Math.max(state.requested, event.completed),
    stopTime: event.time,
  }
}

const stateNames = {
  creating: 'WAITING_IMAGES',
  waiting: 'WAITING_IMAGES',
  acquiring: 'ACQUIRING_IMAGES',
  flushing: 'FLUSHING_IMAGES',
  finished: 'FINISHED',
  failed: 'FAILED',
} as const satisfies Record<AcquisitionPhase, string>

/** The acquisition as REST and Redis clients see it. */
export interface AcquisitionObject {
  readonly state: (typeof stateNames)[AcquisitionPhase]
  readonly message: string
  readonly info: AcquisitionInfo
  readonly stats: {
    readonly n_write_completed: number
    readonly n_write_requested: number
    readonly start_time: number | null
    readonly stop_time: number | null
  }
}

export interface WriterObject {
  readonly state: 'READY' | 'WRITING'
  readonly acquisition: AcquisitionObject | null
}

export function acquisitionObject(acquisition: Acquisition): AcquisitionObject {
  return {
    state: stateNames[acquisition.phase],
    message: acquisition.message,
    info: acquisition.info,
    stats: {
      n_write_completed: acquisition.completed,
      n_write_requested: acquisition.requested,
      start_time: acquisition.startTime,
      stop_time: acquisition.stopTime,
    },
  }
}

export function writerObject(acquisition: Acquisition | null): WriterObject {
  return {
    state: isWriting(acquisition) ? 'WRITING' : 'READY',
    acquisition: acquisition === null ? null : acquisitionObject(acquisition),
  }
}

const driverStates = {
  creating: 'creating_file',
  waiting: 'waiting_for_first_image',
  acquiring: 'recording',
  flushing: 'saving_file',
  finished: 'file_saved',
  failed: 'error',
} as const satisfies Record<AcquisitionPhase, string>

/** The state as WebSocket clients see it, keys in alphabetical order. */
export function driverStatus(acquisition: Acquisition | null): Readonly<Record<string, unknown>> {
  if (acquisition === null) return { status: 'idle' }
  const status = driverStates[acquisition.phase]
  switch (acquisition.phase) {
    case 'acquiring':
    case 'flushing':
      return { count: acquisition.completed, status }
    case 'failed':
      return { reason: acquisition.message, status }
    case 'creating':
    case 'waiting':
    case 'finished':
      return { status }
  }
}
