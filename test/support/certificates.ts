import { generate } from 'selfsigned'

/** A certificate of 127.0.0.1 and localhost, and of the authority that made it. */
export interface TestCertificate {
  /** The authority's, as PEM. */
  readonly ca: string
  /** The server's, as PEM. */
  readonly cert: string
  readonly key: string
}

/** Makes an authority and a certificate of it; elliptic curves, since they take milliseconds. */
export async function makeCertificate(names: readonly string[] = ['localhost']): Promise<TestCertificate> {
  const common = { keyType: 'ec', algorithm: 'sha256' } as const
  const authority = await generate([{ name: 'commonName', value: 'Test authority' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  const own = await generate([{ name: 'commonName', value: names[0] as string }], {
    ...common,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      {
        name: 'subjectAltName',
        altNames: [{ type: 7, ip: '127.0.0.1' }, ...names.map((value) => ({ type: 2 as const, value }))],
      },
    ],
  })
  return { ca: authority.cert, cert: own.cert, key: own.private }
}
