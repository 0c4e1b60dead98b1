import type { PartialMessages } from './messages-de.ts'
import type { gridMessages } from './messages-en-grids.ts'

export const gridMessagesDe: PartialMessages<typeof gridMessages> = {
  cellMenu: (title) => `Menü von ${title}`,
  save: 'Sichern',
  rename: 'Titel …',
  renameTitle: 'Titel der Darstellung',
  renameHelp: 'Leer: nach den Quellen benannt.',
  settings: 'Einstellungen …',
  removeLayer: (name) => `${name} entfernen`,
  move: 'Verschieben',
  moves: { left: 'nach links', right: 'nach rechts', up: 'nach oben', down: 'nach unten' },
  moveHelp: 'Alt und eine Pfeiltaste tun dasselbe.',
  savePng: 'Als PNG sichern',
  full: 'Vollbild',
  fullOff: 'Zurück zum Raster',
  follow: 'Bereiche, die den Daten folgen',
  followX: 'x folgt den Daten',
  followY: 'y folgt den Daten',
  followColour: 'Farben folgen den Daten',
  fit: 'Einpassen',
  fitHelp: 'Einmal alles zeigen',
  error: 'Fehler',
  times: 'Zeiten der Daten',
  layerTimes: ({ name, from, to, age }) => `${name}: ${from} bis ${to}, vor ${age} empfangen`,
  layerTime: ({ name, to, age }) => `${name}: ${to}, vor ${age} empfangen`,
  layerWaits: (name) => `${name}: noch kein Ergebnis`,
}
