import type { PartialMessages } from './messages-de.ts'
import { en, type Messages } from './messages-en.ts'

export const languages = { en: 'English', de: 'Deutsch' } as const
export type Language = keyof typeof languages

function storedLanguage(): Language {
  try {
    return localStorage.getItem('cr.language') === 'de' ? 'de' : 'en'
  } catch {
    return 'en'
  }
}

function filled(base: unknown, over: unknown): unknown {
  if (typeof base !== 'object' || base === null || typeof over !== 'object' || over === null)
    return over ?? base
  const overTable = over as Record<string, unknown>
  return Object.fromEntries(Object.entries(base).map(([key, value]) => [key, filled(value, overTable[key])]))
}

/** A language that cannot be fetched leaves the page in English. */
async function loaded(chosen: Language): Promise<PartialMessages<Messages>> {
  if (chosen === 'en') return en
  try {
    return (await import('./messages-de.ts')).de
  } catch {
    return en
  }
}

/** Language of this page; changing it reloads the page. */
export const language: Language = storedLanguage()

/** The texts of the interface in the chosen language, English where a translation is missing. Fetched only when it is chosen. */
export const t: Messages = filled(en, await loaded(language)) as Messages

export function chooseLanguage(chosen: Language): void {
  localStorage.setItem('cr.language', chosen)
  location.reload()
}
