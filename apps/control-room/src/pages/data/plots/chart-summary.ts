import { formatCount, formatNumber } from '../../../text/format-number.ts'
import { t } from '../../../text/text.ts'
import type { ChartReport } from './stage-messages.ts'

/** What a plot shows in one sentence, for those who cannot see it. */
export function chartSummary({ kind, xLabel, yLabel, n, last, range }: ChartReport, label: string): string {
  switch (kind) {
    case 'empty':
      return label
    case 'bars':
      return yLabel
    case 'curves':
      return t.live.plotSummary({ y: yLabel, x: xLabel, n: formatCount(n), last: formatNumber(last) })
    case 'picture': {
      const ends = range === null ? '–' : t.live.range(formatNumber(range[0]), formatNumber(range[1]))
      return t.live.mapSummary({ z: label, x: xLabel, y: yLabel, n: formatCount(n), range: ends })
    }
  }
}
