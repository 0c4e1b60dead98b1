import type { DatabaseSync } from 'node:sqlite'
import type { JsonValue } from '@beamtime/queue-client'
import type { Layout } from '../ui-types.ts'

/** Preferences of each user, and named layouts that all share. */
export interface UserSettings {
  prefs(user: string): JsonValue
  setPrefs(user: string, prefs: JsonValue): void
  layouts(): readonly Omit<Layout, 'layout'>[]
  layout(name: string): Layout | null
  setLayout(layout: Layout): void
  removeLayout(name: string): boolean
}

export function userSettings(database: DatabaseSync): UserSettings {
  const getPrefs = database.prepare('SELECT json FROM prefs WHERE user = ?')
  const putPrefs = database.prepare(
    'INSERT INTO prefs (user, json) VALUES (?, ?) ON CONFLICT (user) DO UPDATE SET json = excluded.json',
  )
  const listLayouts = database.prepare('SELECT name, user, t FROM layout ORDER BY name')
  const getLayout = database.prepare('SELECT name, json, user, t FROM layout WHERE name = ?')
  const putLayout = database.prepare(
    'INSERT INTO layout (name, json, user, t) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET json = excluded.json, user = excluded.user, t = excluded.t',
  )
  const dropLayout = database.prepare('DELETE FROM layout WHERE name = ?')
  return {
    prefs(user) {
      const row = getPrefs.get(user)
      return row === undefined ? {} : (JSON.parse(String(row['json'])) as JsonValue)
    },
    setPrefs: (user, prefs) => void putPrefs.run(user, JSON.stringify(prefs)),
    layouts: () =>
      listLayouts
        .all()
        .map((row) => ({ name: String(row['name']), user: String(row['user']), t: Number(row['t']) })),
    layout(name) {
      const row = getLayout.get(name)
      if (row === undefined) return null
      const layout = JSON.parse(String(row['json'])) as JsonValue
      return { name: String(row['name']), layout, user: String(row['user']), t: Number(row['t']) }
    },
    setLayout: ({ name, layout, user, t }) => void putLayout.run(name, JSON.stringify(layout), user, t),
    removeLayout: (name) => dropLayout.run(name).changes > 0,
  }
}
