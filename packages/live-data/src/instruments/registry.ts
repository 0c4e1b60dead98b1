import { LiveDataError } from '../error.ts'
import { beer } from './beer.ts'
import { bifrost } from './bifrost.ts'
import { dream } from './dream.ts'
import { dummy } from './dummy.ts'
import { estia } from './estia.ts'
import type { Instrument } from './instrument.ts'
import { loki } from './loki.ts'
import { magic } from './magic.ts'
import { nmx } from './nmx.ts'
import { odin } from './odin.ts'
import { tbl } from './tbl.ts'

/** The instruments of this release by name. */
export const instruments: Readonly<Record<string, Instrument>> = {
  dummy,
  beer,
  bifrost,
  dream,
  estia,
  loki,
  magic,
  nmx,
  odin,
  tbl,
}

/** Throws LIVEDATA_INSTRUMENT_UNKNOWN. */
export function instrumentNamed(name: string): Instrument {
  const found = Object.hasOwn(instruments, name) ? instruments[name] : undefined
  if (found !== undefined) return found
  throw new LiveDataError({
    code: 'LIVEDATA_INSTRUMENT_UNKNOWN',
    message: `there is no instrument ${JSON.stringify(name)}`,
    fault: 'caller',
    remedy: `choose one of ${Object.keys(instruments).join(', ')}`,
  })
}
