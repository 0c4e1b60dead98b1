import type { StreamMessage } from '../files/stream-messages.ts'
import { MessageRules } from '../rules/message-rules.ts'
import { parseSelection } from '../rules/selection.ts'
import type { StreamSource } from '../source/stream-source.ts'

export type MessageFilter = (message: StreamMessage) => Promise<boolean>

/** Tests messages with an expression of `--select`; a schema that one needs is fetched first. Empty: all fit. Throws REPLAY_USAGE. */
export function messageFilter(
  select: string | undefined,
  source: Pick<StreamSource, 'schema'>,
): MessageFilter {
  if (select === undefined || select.trim() === '') return () => Promise.resolve(true)
  const selection = parseSelection(select)
  const rules = new MessageRules({
    shiftsTimes: false,
    shiftEmbedded: [],
    renumber: [],
    playId: '',
    schema: (id) => source.schema(id),
  })
  return async (message) => {
    const missing = selection.readsValue ? rules.missingSchema(message.value) : null
    if (missing !== null) await rules.loadSchema(missing)
    return selection.accepts(message, rules)
  }
}
