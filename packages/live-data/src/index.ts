export { instrumentNamed, instruments } from './instruments/registry.ts'
