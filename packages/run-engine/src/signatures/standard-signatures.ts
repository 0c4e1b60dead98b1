import type { PlanSignature } from '../plan-signature.ts'
import { patternSignatures } from './pattern-signatures.ts'
import { scanSignatures } from './scan-signatures.ts'

/** The signatures of all standard plans. */
export const standardSignatures = {
  ...scanSignatures,
  ...patternSignatures,
} as const satisfies Record<string, PlanSignature>
