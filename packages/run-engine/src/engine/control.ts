import { RunEngineError, isRunEngineError } from '../error.ts'

/** Thrown into a plan by stop(): the run is closed as a success. */
export function requestStop(): RunEngineError {
  return new RunEngineError({
    code: 'RUN_REQUEST_STOP',
    text: '',
    fault: 'caller',
    remedy: 'None: somebody stopped the plan.',
  })
}

/** Thrown into a plan by abort(reason). */
export function requestAbort(reason: string): RunEngineError {
  return new RunEngineError({
    code: 'RUN_REQUEST_ABORT',
    text: reason,
    fault: 'caller',
    remedy: 'None: somebody aborted the plan.',
  })
}

/** Thrown into a plan that was to pause where it cannot be resumed. */
export function failedPause(): RunEngineError {
  return new RunEngineError({
    code: 'RUN_FAILED_PAUSE',
    text: '',
    fault: 'caller',
    remedy: 'Pause where the plan has a checkpoint: after clear_checkpoint a pause aborts.',
  })
}

/** run() or resume() did not get to the end of the plan: it was paused, stopped, aborted or halted. */
export function interruptedError(): RunEngineError {
  return new RunEngineError({
    code: 'RUN_INTERRUPTED',
    text: 'the plan was interrupted',
    fault: 'caller',
    remedy: 'If it is paused: resume, stop, abort or halt it.',
    canRetry: true,
  })
}

/** A device's `pause` throws this when its data must not be taken again: then nothing is replayed. */
export function noReplayAllowed(text: string): RunEngineError {
  return new RunEngineError({
    code: 'RUN_NO_REPLAY',
    text,
    fault: 'environment',
    remedy: 'None: on resume the plan goes on without repeating messages.',
  })
}

/** The exit status with which a wrapper closes a run that was ended by the operator; null for other errors. */
export function controlExitStatus(error: unknown): 'success' | 'abort' | null {
  if (isRunEngineError(error, 'RUN_REQUEST_STOP')) return 'success'
  if (isRunEngineError(error, 'RUN_REQUEST_ABORT') || isRunEngineError(error, 'RUN_FAILED_PAUSE'))
    return 'abort'
  return null
}
