import { randomUUID } from 'node:crypto'
import { describe, inject } from 'vitest'
import { comfyUIContract, packContract, packJobsContract } from '../contract/comfyui-contract.ts'

const server = inject('server')
const knowsJobs = (await fetch(`${server}/discomfort/jobs/${randomUUID()}`)).ok

describe('a real ComfyUI', () => {
  comfyUIContract(() => server)
  packContract(() => server)
  describe.runIf(knowsJobs)('whose pack follows jobs', () => packJobsContract(() => server))
})
