/** A list of Redis as this process last left it: uid and exact text of each element. Only this process writes it. */
export interface MirroredElement {
  readonly uid: string
  readonly text: string
}

export type RedisCommand = readonly [name: string, ...args: (string | number)[]]

/** In the middle of a list each element costs a search; from this many on the rest of the list is written anew. */
const maxSearches = 16

/** Commands that put `added` at `index`. */
export function insertCommands(
  key: string,
  before: readonly MirroredElement[],
  { index, added }: { readonly index: number; readonly added: readonly MirroredElement[] },
): readonly RedisCommand[] {
  const texts = added.map((element) => element.text)
  if (texts.length === 0) return []
  if (index >= before.length) return [['rpush', key, ...texts]]
  if (index <= 0) return [['lpush', key, ...texts.toReversed()]]
  const pivot = before[index]
  if (pivot !== undefined && texts.length <= maxSearches && isOnly(before, pivot)) {
    return texts.map((text) => ['linsert', key, 'BEFORE', pivot.text, text])
  }
  const rest = before.slice(index).map((element) => element.text)
  return [
    ['ltrim', key, 0, index - 1],
    ['rpush', key, ...texts, ...rest],
  ]
}

/** Commands that take the elements with these uids away. */
export function removeCommands(
  key: string,
  before: readonly MirroredElement[],
  uids: ReadonlySet<string>,
): readonly RedisCommand[] {
  const gone = before.filter(({ uid }) => uids.has(uid))
  const [first] = gone
  if (first === undefined) return []
  if (gone.length === before.length) return [['del', key]]
  if (gone.length === 1 && before[0] === first) return [['lpop', key]]
  if (gone.length === 1 && before.at(-1) === first) return [['rpop', key]]
  if (gone.length <= maxSearches && gone.every((element) => isOnly(before, element))) {
    return gone.map(({ text }) => ['lrem', key, 1, text])
  }
  const kept = before.filter(({ uid }) => !uids.has(uid)).map(({ text }) => text)
  return [
    ['del', key],
    ['rpush', key, ...kept],
  ]
}

/** Uids make texts different, unless somebody else wrote the list. */
function isOnly(elements: readonly MirroredElement[], element: MirroredElement): boolean {
  return elements.every((other) => other === element || other.text !== element.text)
}
