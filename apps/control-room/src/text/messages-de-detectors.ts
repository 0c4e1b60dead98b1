import type { detectorsMessages } from './messages-en-detectors.ts'
import type { PartialMessages } from './messages-de.ts'

export const detectorsMessagesDe: PartialMessages<typeof detectorsMessages> = {
  tools: {
    point: 'Ansehen und verschieben',
    rect: 'Rechteck',
    ellipse: 'Ellipse',
    line: 'Linienprofil',
    polygon: 'Vieleck',
    centre: 'Strahlmitte',
  },
  turns: {
    isFlippedAcross: 'Links und rechts spiegeln (nur die Anzeige)',
    isFlippedDown: 'Oben und unten spiegeln (nur die Anzeige)',
    isTransposed: 'Transponieren (nur die Anzeige)',
  },
  turned: (turn) =>
    [
      turn.isTransposed ? 'transponiert' : '',
      turn.isFlippedAcross ? 'gespiegelt ↔' : '',
      turn.isFlippedDown ? 'gespiegelt ↕' : '',
      'nur die Anzeige',
    ]
      .filter((word) => word !== '')
      .join(' · '),
  noRegions: 'Ein Rechteck, eine Ellipse, eine Linie oder ein Vieleck ins Bild zeichnen.',
  addRegion: 'Bereich in der Mitte hinzufügen',
  line: (id: number) => `Linie ${id}`,
  lineWidth: 'Breite',
  regionMore: ({ n, std, min }) => `${n} Pixel · Std. ${std} · Min. ${min}`,
  profile: {
    title: 'Linienprofil',
    sub: (image: string) => `Bild ${image}`,
    distance: 'Abstand (px)',
    value: 'Mittel (Zählungen)',
    csv: 'Das Profil als CSV sichern',
  },
  beam: {
    title: 'Strahlmitte und Ringe',
    show: 'Zeigen',
    help: 'Im Bild anklicken, wo der Strahl den Detektor trifft, oder es eintippen.',
    x: 'Mitte x (px)',
    y: 'Mitte y (px)',
    wavelengthA: 'Wellenlänge (Å)',
    distanceMm: 'Abstand (mm)',
    pixelUm: 'Pixel (µm)',
    spacings: 'Ringe bei d (Å)',
    radii: 'Ringe bei Radius (px)',
    notPositive: 'Positive Zahlen, mit Kommas dazwischen.',
  },
}
