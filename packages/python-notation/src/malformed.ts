import { PythonNotationError, type PythonNotationErrorCode } from './error.ts'

export function malformed(
  message: string,
  offset: number,
  code: PythonNotationErrorCode,
): PythonNotationError {
  const what = code === 'PYTHON_TYPE_MALFORMED' ? 'type expression' : 'literal'
  return new PythonNotationError({
    code,
    message: `${message} at character ${offset}`,
    remedy: `Write a Python ${what}.`,
    offset,
  })
}
