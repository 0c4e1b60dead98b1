import { createStore, type StoreApi } from 'zustand/vanilla'
import { MaskEdit } from '../../image/mask-edit.ts'
import type { Size } from '../../image/orientation.ts'
import type { HttpClient } from '../../net/http-client.ts'
import { errorText } from '../../net/http-client.ts'

export type MaskTool = 'brush' | 'rect' | 'polygon' | 'move'

/** Work on the mask of a detector; kept while the tab lives. */
export interface MaskState {
  readonly isOpen: boolean
  /** Null until it is loaded. */
  readonly edit: MaskEdit | null
  readonly tool: MaskTool
  /** What the tools do: 1 masks, 0 takes out. */
  readonly value: 0 | 1
  /** Of the brush, in pixels. */
  readonly size: number
  /** Grows with each finished step, so that counts are drawn anew. */
  readonly revision: number
  /** The revision that was loaded or saved last. */
  readonly savedRevision: number
  /** Under which it was saved or loaded; empty for the one in use. */
  readonly name: string
  /** Of the detector's mask when it was loaded. */
  readonly version: number
  readonly error: string | null
}

export type MaskStore = StoreApi<MaskState>

const first: MaskState = {
  isOpen: false,
  edit: null,
  tool: 'brush',
  value: 1,
  size: 10,
  revision: 0,
  savedRevision: 0,
  name: '',
  version: 0,
  error: null,
}

const stores = new Map<string, MaskStore>()

/** The one of a detector. */
export function maskStoreOf(detector: string): MaskStore {
  const known = stores.get(detector)
  if (known !== undefined) return known
  const made = createStore<MaskState>(() => first)
  stores.set(detector, made)
  return made
}

/** Whether there are steps that were not saved. */
export function isChanged({
  revision,
  savedRevision,
}: Pick<MaskState, 'revision' | 'savedRevision'>): boolean {
  return revision !== savedRevision
}

export interface MaskPlace {
  readonly id: string
  readonly http: HttpClient
  readonly store: MaskStore
  readonly size: Size
  /** Of the mask that the detector uses now. */
  readonly version: number
}

export function maskPath(id: string, query: Readonly<Record<string, string>> = {}, action = ''): string {
  const text = new URLSearchParams(query).toString()
  return `/detectors/${encodeURIComponent(id)}/mask${action}${text === '' ? '' : `?${text}`}`
}

/** Opens the work on the mask that the detector uses. */
export async function openMask(place: MaskPlace): Promise<void> {
  place.store.setState({ isOpen: true })
  if (place.store.getState().edit === null) await loadMask(place, '')
}

/** Takes a mask that is kept, or with an empty name the one in use, in place of what is there; that can be taken back. */
export async function loadMask(place: MaskPlace, name: string): Promise<void> {
  const { id, http, store, size, version } = place
  try {
    const bytes = new Uint8Array(await http.bytes(maskPath(id, name === '' ? {} : { name })))
    // Nothing is masked.
    const mask = bytes.length === 0 ? new Uint8Array(size.width * size.height) : bytes
    if (!takeMask(store, size, mask)) throw new Error(`${bytes.length} ≠ ${size.width} × ${size.height}`)
    store.setState(({ revision }) => ({ name, version, savedRevision: revision, error: null }))
  } catch (error) {
    store.setState({ error: errorText(error) })
  }
}

function takeMask(store: MaskStore, size: Size, mask: Uint8Array): boolean {
  const { edit } = store.getState()
  if (edit?.size.width === size.width && edit.size.height === size.height) return edit.replace(mask)
  if (mask.length !== size.width * size.height) return false
  const made = new MaskEdit(size, mask)
  made.onChange(() => {
    if (!made.isStroking) store.setState(({ revision }) => ({ revision: revision + 1 }))
  })
  store.setState(({ revision }) => ({ edit: made, revision: revision + 1 }))
  return true
}
