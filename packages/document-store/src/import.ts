import { createDocumentEncoder, documentFromJson, EventModelError } from '@beamtime/event-model'
import type { CatalogWriter, IncomingDocument } from './catalog-writer.ts'

export interface ImportProblem {
  /** Line of the text, from 1. */
  readonly line: number
  readonly code: string
  readonly message: string
}

export interface ImportResult {
  /** Lines that were read as documents, those known before included. */
  readonly documents: number
  readonly problems: readonly ImportProblem[]
}

const batchSize = 1000

/** Writes JSON lines of documents into a catalog: one `{"name","doc"}` or `["name", doc]` a line, empty lines skipped. A bad
 * line is reported and stops nothing. Throws STORE_UNWRITABLE. */
export async function importJsonLines(
  writer: CatalogWriter,
  lines: Iterable<string> | AsyncIterable<string>,
): Promise<ImportResult> {
  const encoder = createDocumentEncoder()
  const problems: ImportProblem[] = []
  let batch: (IncomingDocument & { readonly line: number })[] = []
  let documents = 0
  let line = 0
  const write = (): void => {
    const rejections = writer.apply(batch)
    for (const { index, code, message } of rejections)
      problems.push({ line: batch[index]?.line ?? 0, code, message })
    documents += batch.length - rejections.length
    batch = []
  }
  for await (const text of lines) {
    line++
    if (text.trim() === '') continue
    try {
      batch.push({ bytes: encoder.encode(documentFromJson(text)), line })
    } catch (error) {
      if (!(error instanceof EventModelError)) throw error
      problems.push({ line, code: error.code, message: error.message })
    }
    if (batch.length >= batchSize) write()
  }
  write()
  return { documents, problems: problems.toSorted((a, b) => a.line - b.line) }
}
