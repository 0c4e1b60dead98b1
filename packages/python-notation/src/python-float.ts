declare global {
  interface JSON {
    /** ECMAScript "JSON.parse source text access"; in Node 24, not yet in TypeScript's library. */
    rawJSON(text: string): object
  }
}

/**
 * A whole number that Python holds as a float (`1.0`). JavaScript has one number type, but Python peers tell `1` from
 * `1.0`: an `int` parameter refuses the second. Only whole floats need this wrapper; `1.5` is a plain number.
 * `JSON.stringify` writes it as `1.0`.
 */
export class PythonFloat {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }

  valueOf(): number {
    return this.value
  }

  toJSON(): unknown {
    if (!Number.isFinite(this.value)) return null
    const digits = Object.is(this.value, -0) ? '-0' : String(this.value)
    return JSON.rawJSON(/[.e]/.test(digits) ? digits : `${digits}.0`)
  }
}
