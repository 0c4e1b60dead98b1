/* What of a start document can be searched: numbers and texts by path, and all words. */

export interface MetadataEntry {
  /** 'a.b' for nested keys; elements of a list share the list's path. */
  readonly path: string
  readonly num: number | null
  readonly text: string | null
}

const maxEntries = 300
const maxListElements = 64
const maxTextLength = 500
const maxWordsLength = 32_768

/** Flattens metadata; at most 300 entries, texts cut at 500 characters, 64 elements a list. Booleans are 'true', 'false'. */
export function metadataEntries(doc: Readonly<Record<string, unknown>>): MetadataEntry[] {
  const entries: MetadataEntry[] = []
  const visit = (path: string, value: unknown, inList: boolean): void => {
    if (entries.length >= maxEntries) return
    if (typeof value === 'number' || typeof value === 'bigint') {
      entries.push({ path, num: Number(value), text: null })
    } else if (typeof value === 'string' || typeof value === 'boolean') {
      entries.push({ path, num: null, text: String(value).slice(0, maxTextLength) })
    } else if (Array.isArray(value)) {
      if (!inList) for (const item of value.slice(0, maxListElements)) visit(path, item, true)
    } else if (isRecord(value) && !inList) {
      for (const [key, item] of Object.entries(value))
        visit(path === '' ? key : `${path}.${key}`, item, false)
    }
  }
  visit('', doc, false)
  return entries
}

/** Every text in the documents, for the full-text index; at most 32 768 characters. */
export function searchableText(...docs: readonly (Readonly<Record<string, unknown>> | null)[]): string {
  const words: string[] = []
  let length = 0
  const visit = (value: unknown): void => {
    if (length > maxWordsLength) return
    if (typeof value === 'string') {
      words.push(value)
      length += value.length + 1
    } else if (Array.isArray(value)) for (const item of value) visit(item)
    else if (isRecord(value)) for (const item of Object.values(value)) visit(item)
  }
  for (const doc of docs) {
    if (doc === null) continue
    if (typeof doc['scan_id'] === 'number') words.push(String(doc['scan_id']))
    visit(doc)
  }
  return words.join('\n').slice(0, maxWordsLength)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value)
}
