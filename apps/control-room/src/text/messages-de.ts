import { dataMessagesDe } from './messages-de-data.ts'
import { detectorsMessagesDe } from './messages-de-detectors.ts'
import { filesMessagesDe } from './messages-de-files.ts'
import { gridMessagesDe } from './messages-de-grids.ts'
import { liveMessagesDe } from './messages-de-live.ts'
import { masksMessagesDe } from './messages-de-masks.ts'
import { plotMessagesDe } from './messages-de-plots.ts'
import { runsMessagesDe } from './messages-de-runs.ts'
import { streamsMessagesDe } from './messages-de-streams.ts'
import type { Messages } from './messages-en.ts'

/** German. What is missing here is shown in English, so a translation can grow key by key. */
export const de: PartialMessages<Messages> = {
  nav: {
    label: 'Seiten',
    queue: 'Queue',
    live: 'Messung',
    liveShort: 'Messung',
    runs: 'Läufe',
    detectors: 'Detektoren',
    files: 'Dateien',
    data: 'Live-Daten',
    dataShort: 'Daten',
    streams: 'Ströme',
    services: 'Dienste',
    console: 'Konsole',
    help: 'Hilfe',
    more: 'Mehr',
  },
  stateLine: {
    label: 'Zustand',
    queue: 'Warteschlange',
    environment: 'Umgebung',
    services: 'Dienste',
    on: 'an',
    off: 'aus',
    open: 'offen',
    closed: 'geschlossen',
    nothingRuns: 'Nichts läuft',
    allWork: 'alle arbeiten',
    tryNow: 'Jetzt versuchen',
    reload: 'Neu laden',
  },
  user: { theme: 'Farben', logOut: 'Abmelden', logIn: 'Anmelden', language: 'Sprache' },
  login: {
    title: 'Anmelden',
    key: 'Schlüssel',
    password: 'Kennwort',
    user: 'Benutzername',
    submit: 'Anmelden',
  },
  grids: gridMessagesDe,
  plots: plotMessagesDe,
  common: {
    retry: 'Noch einmal',
    copy: 'Kopieren',
    close: 'Schließen',
    cancel: 'Abbrechen',
    undo: 'Zurücknehmen',
  },
  live: liveMessagesDe,
  runs: runsMessagesDe,
  streams: streamsMessagesDe,
  detectors: detectorsMessagesDe,
  files: filesMessagesDe,
  data: dataMessagesDe,
  masks: masksMessagesDe,
}

export type PartialMessages<T> = {
  readonly [K in keyof T]?: T[K] extends string
    ? string
    : T[K] extends (...args: never[]) => string
      ? T[K]
      : PartialMessages<T[K]>
}
