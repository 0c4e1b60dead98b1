/** A mistake in options, variables or files of a compatible executable; the text goes to the terminal as it is. */
export class CompatError extends Error {
  override readonly name = 'CompatError'
}
