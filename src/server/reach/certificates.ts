import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls'
import { DiscomfortError } from '../../errors.ts'

/**
 * What is trusted with a certificate authority of one's own: that one, and those of Node. Made once for all connections,
 * since reading so many certificates takes some milliseconds.
 *
 * @param ca the path of a PEM file, or its text
 * @throws {@link DiscomfortError} `CONFIG_INVALID`
 */
export function trustAlso(ca: string): SecureContext {
  const isText = ca.includes('-----BEGIN ')
  const source = isText ? 'The text' : ca
  const text = isText ? ca : readPem(ca)
  const certificates = text.match(/-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----/gs) ?? []
  if (certificates.length === 0) throw invalid(`${source} has no "BEGIN CERTIFICATE" in it.`, 'no certificate in it')
  const damaged = certificates.find((certificate) => !isReadable(certificate))
  if (damaged) throw invalid(`${source} has a certificate that is damaged.`, 'damaged')
  return createSecureContext({ ca: [...rootCertificates, ...certificates] })
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause)
    throw invalid(`The file ${path} cannot be read (${reason}).`, reason, cause)
  }
}

function isReadable(certificate: string): boolean {
  try {
    return new X509Certificate(certificate).subject !== undefined
  } catch {
    return false
  }
}

function invalid(message: string, reason: string, cause?: unknown): DiscomfortError<'CONFIG_INVALID'> {
  return new DiscomfortError(
    'CONFIG_INVALID',
    `The option ca does not fit: ${message} It takes the path of a PEM file with the certificate of your authority, or its text.`,
    { details: { key: 'ca', reason }, cause },
  )
}
