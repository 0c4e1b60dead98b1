import { isAnnotatedPlan, type PlanFunction } from '@beamtime/run-engine'

/** A plan: a generator function, or any function that was annotated as one. */
export function isPlanFunction(value: unknown): value is PlanFunction {
  return typeof value === 'function' && (isGeneratorFunction(value) || isAnnotatedPlan(value as PlanFunction))
}

/** A function that may be called by `function_execute`: neither a plan nor a class. */
export function isPlainFunction(value: unknown): value is (...args: unknown[]) => unknown {
  return typeof value === 'function' && !isPlanFunction(value) && !isClass(value)
}

export function isGeneratorFunction(value: unknown): boolean {
  return typeof value === 'function' && value.constructor.name === 'GeneratorFunction'
}

function isClass(value: unknown): boolean {
  return /^class\b/.test(Function.prototype.toString.call(value))
}
