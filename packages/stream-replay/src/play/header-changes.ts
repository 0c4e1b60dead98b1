import type { RecordHeader } from '../batch/batch-records.ts'
import type { PlayOptions } from './play-options.ts'

/** Name of the header that marks replayed messages. */
export const replayHeader = 'x-replay'

/** What becomes of the headers of each message. */
export function headerChanger(
  options: PlayOptions,
  sourceId: string,
): (headers: readonly RecordHeader[], pass: number) => readonly RecordHeader[] {
  const { headers: choice = { kind: 'keep' }, addHeaders = [], mark = false } = options
  const added = addHeaders.map(({ key, value }) => ({ key, value: new TextEncoder().encode(value) }))
  const kept = (headers: readonly RecordHeader[]): readonly RecordHeader[] => {
    switch (choice.kind) {
      case 'keep':
        return headers
      case 'drop':
        return []
      case 'only':
        return headers.filter(({ key }) => choice.names.includes(key))
      case 'without':
        return headers.filter(({ key }) => !choice.names.includes(key))
    }
  }
  if (added.length === 0 && !mark) return kept
  return (headers, pass) => [
    ...kept(headers),
    ...added,
    ...(mark ? [{ key: replayHeader, value: new TextEncoder().encode(`${sourceId}/${pass}`) }] : []),
  ]
}
