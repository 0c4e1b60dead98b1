import { createStore, type StoreApi } from 'zustand/vanilla'

export interface Prefs {
  readonly theme: 'auto' | 'dark' | 'light' | 'contrast'
  readonly density: 'compact' | 'comfortable'
  readonly letterKeys: boolean
  readonly isRailPinned: boolean
  readonly isConsoleOpen: boolean
  readonly consoleHeight: number
  readonly isInspectorOpen: boolean
  readonly hasInternalTopics: boolean
  /** Values last used per plan: newest first, at most 10. */
  readonly recent: Readonly<Record<string, readonly unknown[]>>
  readonly templates: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly searches: Readonly<Record<string, string>>
  readonly metadata: Readonly<Record<string, string>>
}

export const defaultPrefs: Prefs = {
  theme: 'auto',
  density: 'compact',
  letterKeys: true,
  isRailPinned: false,
  isConsoleOpen: true,
  consoleHeight: 124,
  isInspectorOpen: true,
  hasInternalTopics: false,
  recent: {},
  templates: {},
  searches: {},
  metadata: {},
}

const storageKey = 'cr.prefs'

/** Preferences of this browser. They hold no secrets. */
export function createPrefsStore(storage: Pick<Storage, 'getItem' | 'setItem'>): StoreApi<Prefs> {
  const store = createStore<Prefs>(() => ({ ...defaultPrefs, ...stored(storage) }))
  store.subscribe((prefs) => {
    try {
      storage.setItem(storageKey, JSON.stringify(prefs))
    } catch {
      // A full or forbidden storage only means that preferences last as long as the page.
    }
  })
  return store
}

function stored(storage: Pick<Storage, 'getItem'>): Partial<Prefs> {
  try {
    const value: unknown = JSON.parse(storage.getItem(storageKey) ?? '{}')
    return typeof value === 'object' && value !== null ? (value as Partial<Prefs>) : {}
  } catch {
    return {}
  }
}

/** Theme to show now: 'auto' is dark when the system asks for it and from 18:00 to 6:00. */
export function resolvedTheme(
  theme: Prefs['theme'],
  env: { prefersDark: boolean; prefersContrast: boolean; hour: number },
) {
  if (theme !== 'auto') return theme
  if (env.prefersContrast) return 'contrast' as const
  return env.prefersDark || env.hour >= 18 || env.hour < 6 ? ('dark' as const) : ('light' as const)
}
