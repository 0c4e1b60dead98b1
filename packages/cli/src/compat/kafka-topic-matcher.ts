import { KafkaUsageError } from './kafka-error.ts'

/** Kafka takes commas as "or". Throws KafkaUsageError for an expression that cannot be. */
export function topicMatcher(pattern: string): (name: string) => boolean {
  const text = pattern
    .trim()
    .replaceAll(',', '|')
    .replaceAll(' ', '')
    .replaceAll(/^["']+|["']+$/g, '')
  try {
    const expression = new RegExp(`^(?:${text})$`)
    return (name) => expression.test(name)
  } catch {
    throw new KafkaUsageError(`${pattern} is an invalid regex.`)
  }
}
