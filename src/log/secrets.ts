/** Secrets that were given to us. What is shorter stands in too many other words. */
const known = new Set<string>()
const shortest = 4

/** Keeps a secret out of all that is logged from now on. */
export function hideSecret(secret: string | undefined): void {
  if (secret !== undefined && secret.length >= shortest) known.add(secret)
}

/** The secrets that are hidden, the longest first: one may contain another. */
export function knownSecrets(): string[] {
  return [...known].sort((one, other) => other.length - one.length)
}
