import { isPlanFunction } from '@beamtime/run-engine'

/** A function that may be called by `function_execute`: neither a plan nor a class. */
export function isPlainFunction(value: unknown): value is (...args: unknown[]) => unknown {
  return typeof value === 'function' && !isPlanFunction(value) && !isClass(value)
}

function isClass(value: unknown): boolean {
  return /^class\b/.test(Function.prototype.toString.call(value))
}
