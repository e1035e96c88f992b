import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { logTail, olderPart } from '../../../src/server/launch/log-tail.ts'
import { temporaryFolder } from '../../support/folders.ts'

describe('the end of a log', () => {
  it('is its last lines in plain text, without empty ones', async () => {
    await using folder = await temporaryFolder('log')
    const file = join(folder.path, 'log')
    await writeFile(file, 'one\n\n\u001B[31mtwo\u001B[0m\r\n  three\nfour')
    expect(await logTail(file)).toEqual(['one', 'two', '  three', 'four'])
    expect(await logTail(file, 2)).toEqual(['  three', 'four'])
  })

  it('of a long log is read from its end', async () => {
    await using folder = await temporaryFolder('log')
    const file = join(folder.path, 'log')
    await writeFile(file, `${'x'.repeat(99)}\n`.repeat(5000) + 'the last\n')
    expect((await logTail(file)).slice(-2)).toEqual(['x'.repeat(99), 'the last'])
  })

  it('goes back into the older part where the log was emptied a moment ago', async () => {
    await using folder = await temporaryFolder('log')
    const file = join(folder.path, 'log')
    await writeFile(olderPart(file), 'one\ntwo\n')
    await writeFile(file, 'three\n')
    expect(await logTail(file)).toEqual(['one', 'two', 'three'])
    expect(await logTail(file, 2)).toEqual(['two', 'three'])
    expect(await logTail(file, 1)).toEqual(['three'])
  })

  it('is empty where there is none', async () => {
    expect(await logTail('/no/such/log')).toEqual([])
  })
})
