import { de, type PartialMessages } from './messages-de.ts'
import { en, type Messages } from './messages-en.ts'

export const languages = { en: 'English', de: 'Deutsch' } as const
export type Language = keyof typeof languages

const tables: Readonly<Record<Language, PartialMessages<Messages>>> = { en, de }

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

/** Language of this page; changing it reloads the page. */
export const language: Language = storedLanguage()

/** The texts of the interface in the chosen language, English where a translation is missing. */
export const t: Messages = filled(en, tables[language]) as Messages

export function chooseLanguage(chosen: Language): void {
  localStorage.setItem('cr.language', chosen)
  location.reload()
}
