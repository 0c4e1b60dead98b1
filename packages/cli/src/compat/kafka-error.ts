/** A command line or a file of one of Kafka's tools that does not mean anything; the text goes to the terminal as it is. */
export class KafkaUsageError extends Error {
  override readonly name = 'KafkaUsageError'
}
