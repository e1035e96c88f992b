import { describe, expect, it } from 'vitest'
import type { Prompt } from '../../../src/prompt/prompt.ts'
import { jobFailure } from '../../../src/server/jobs/job-failure.ts'
import { endOfHistory, type ExecutionError } from '../../../src/server/jobs/job-record.ts'

const prompt: Prompt = {
  12: { class_type: 'Loop', inputs: {}, _meta: { title: 'My loop' } },
  '58:43': { class_type: 'KSampler', inputs: {} },
}
const told: ExecutionError = {
  node_id: '12',
  node_type: 'Loop',
  exception_type: 'ValueError',
  exception_message: 'it broke\n',
  traceback: ['  File "a.py"\n'],
}
const failed = (error: Partial<ExecutionError>) =>
  jobFailure({ kind: 'failed', error: { ...told, ...error } }, prompt, 'p', (node) => ({ workflow: 'a.json', node }))

describe('the error for a job that failed', () => {
  it('names the node, the workflow and the exception', () => {
    const error = failed({})
    expect(error).toMatchObject({
      code: 'NODE_FAILED',
      details: {
        node: '12',
        title: 'My loop',
        classType: 'Loop',
        exceptionType: 'ValueError',
        exceptionMessage: 'it broke',
        traceback: ['  File "a.py"\n'],
        promptId: 'p',
        workflow: 'a.json',
      },
    })
    expect(error.message).toContain('"My loop" (Loop, node 12 of a.json) failed: ValueError: it broke')
  })

  it('names the drawn node where one failed that a node made while it ran', () => {
    expect(failed({ node_id: '12.0.0.5', node_type: 'Inner' }).details).toMatchObject({
      node: '12',
      title: 'My loop',
      classType: 'Inner',
    })
    expect(failed({ node_id: '58:43' }).details).toMatchObject({ node: '58:43', title: 'KSampler' })
    expect(failed({ node_id: '99.1' }).details).toMatchObject({ node: '99.1', title: '99.1' })
  })

  it.each(['torch.OutOfMemoryError', 'torch.cuda.OutOfMemoryError', 'OutOfMemoryError', 'MemoryError'])(
    'is OUT_OF_MEMORY for %s, with what helps',
    (type) => {
      const error = failed({ exception_type: type, exception_message: 'Allocation on device' })
      expect(error).toMatchObject({ code: 'OUT_OF_MEMORY', details: { node: '12', title: 'My loop' } })
      expect(error.message).toContain('--lowvram')
    },
  )

  it('is ABORTED for one that was interrupted', () => {
    expect(jobFailure({ kind: 'interrupted' }, prompt, 'p')).toMatchObject({
      code: 'ABORTED',
      details: { promptId: 'p', reason: 'interrupted' },
    })
  })
})

describe('the end of a job in history', () => {
  const outputs = { 9: { images: [] } }

  it('is a success with its outputs, also where an old server says nothing of the status', () => {
    const end = { kind: 'success', outputs: new Map(Object.entries(outputs)) }
    expect(endOfHistory({ outputs, status: { status_str: 'success', completed: true, messages: [] } })).toEqual(end)
    expect(endOfHistory({ outputs, status: null })).toEqual(end)
    expect(endOfHistory({ outputs })).toEqual(end)
  })

  it('is a failure or an interruption by its messages, since both look alike', () => {
    const status = { status_str: 'error', completed: false }
    expect(endOfHistory({ outputs, status: { ...status, messages: [['execution_error', { ...told }]] } })).toEqual({
      kind: 'failed',
      error: told,
    })
    expect(
      endOfHistory({ outputs, status: { ...status, messages: [['execution_interrupted', { node_id: '1' }]] } }),
    ).toEqual({ kind: 'interrupted' })
  })
})
