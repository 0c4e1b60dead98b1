/** Whether a topic may be called so: 1 to 249 of letters, digits, dot, underscore and hyphen. */
export function isTopicName(name: string): boolean {
  return /^[a-zA-Z0-9._-]{1,249}$/.test(name) && name !== '.' && name !== '..'
}

/** Names that differ only in dots and underscores collide in the metrics of many tools. */
export function collisionKey(name: string): string {
  return name.replaceAll('.', '_')
}

export function isInternalTopic(name: string): boolean {
  return name === '__consumer_offsets' || name === '__transaction_state'
}
