import { PythonFloat } from '@beamtime/python-notation'
import { coerced, exact, wrong, type TypeOutcome } from './type-outcome.ts'

/** Checks of Python's scalar types with the strictness of the queue server (pydantic, minus what it converts). */
export const scalarChecks: Readonly<Record<string, (value: unknown) => TypeOutcome>> = {
  int: checkInt,
  float: checkFloat,
  bool: checkBool,
  str: checkString,
  None: (value) => (value === null ? exact : wrong('none_required', 'Input should be None', value)),
}

const numericText = /^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*$/

function checkInt(value: unknown): TypeOutcome {
  if (typeof value === 'number') {
    if (Number.isInteger(value)) return exact
    const text = 'Input should be a valid integer, got a number with a fractional part'
    return wrong('int_from_float', text, value)
  }
  if (typeof value === 'bigint') return exact
  if (typeof value === 'boolean') return coerced(value, Number(value))
  if (value instanceof PythonFloat) return coerced(value, value.value)
  if (typeof value === 'string') {
    if (/^\s*[+-]?\d+(\.0*)?\s*$/.test(value)) return coerced(value, Number(value))
    return wrong(
      'int_parsing',
      'Input should be a valid integer, unable to parse string as an integer',
      value,
    )
  }
  return wrong('int_type', 'Input should be a valid integer', value)
}

function checkFloat(value: unknown): TypeOutcome {
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return exact
  if (value instanceof PythonFloat) return exact
  if (typeof value === 'string') {
    if (numericText.test(value)) return coerced(value, asFloat(Number(value)))
    return wrong('float_parsing', 'Input should be a valid number, unable to parse string as a number', value)
  }
  return wrong('float_type', 'Input should be a valid number', value)
}

function asFloat(value: number): unknown {
  return Number.isInteger(value) ? new PythonFloat(value) : value
}

function checkBool(value: unknown): TypeOutcome {
  const plain = value instanceof PythonFloat ? value.value : value
  // Python's True equals 1, so the queue server cannot tell that pydantic converted.
  if (typeof plain === 'boolean' || plain === 0 || plain === 1) return exact
  if (typeof plain === 'string' && /^(true|false|yes|no|on|off|[ty01fn])$/i.test(plain)) {
    return coerced(value, /^(true|yes|on|[ty1])$/i.test(plain))
  }
  if (typeof plain === 'string' || typeof plain === 'number') {
    return wrong('bool_parsing', 'Input should be a valid boolean, unable to interpret input', value)
  }
  return wrong('bool_type', 'Input should be a valid boolean', value)
}

function checkString(value: unknown): TypeOutcome {
  return typeof value === 'string' ? exact : wrong('string_type', 'Input should be a valid string', value)
}
