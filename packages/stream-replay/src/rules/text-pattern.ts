import { createRequire } from 'node:module'
import type * as Re2 from 're2js'

/** Tells whether a text contains what a pattern describes. */
export interface TextPattern {
  test(text: string): boolean
}

/** Instructions of the largest pattern; about one for each character, times what `{n}` says. */
const maxProgram = 10_000
/** Instructions times characters that one test may take: below 0.1 s for the worst of patterns. */
const maxSteps = 20_000_000

/**
 * A regular expression whose time grows with the text and never more than that, whatever people write: it comes from browsers
 * and runs in processes that serve others. The syntax is that of RE2: all of JavaScript's but back references and looking
 * around. Of very long texts the beginning is looked at: a million characters for a short pattern. Throws SyntaxError.
 */
export function textPattern(text: string): TextPattern {
  // Loaded here and not at the top: few who use this package ever write a pattern.
  const { RE2JS } = createRequire(import.meta.url)('re2js') as typeof Re2
  const program = compiled(RE2JS, text)
  const size = program.programSize()
  if (size > maxProgram)
    throw new SyntaxError(`the pattern is too large (${size} steps, ${maxProgram} at most)`)
  const maxLength = Math.floor(maxSteps / size)
  return { test: (one) => program.test(one.length > maxLength ? one.slice(0, maxLength) : one) }
}

function compiled(engine: typeof Re2.RE2JS, text: string): Re2.RE2JS {
  try {
    return engine.compile(text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/^error parsing regexp: /, '') : ''
    throw new SyntaxError(reason, { cause })
  }
}
