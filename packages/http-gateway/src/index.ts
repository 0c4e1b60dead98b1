export type { Bootstrap } from './ui-types.ts'
