/** An answer of the registry that is no success. The HTTP status is the first three digits of the code. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError'
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }

  get status(): number {
    return Number(String(this.code).slice(0, 3))
  }
}
