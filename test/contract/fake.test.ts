import { afterAll, beforeAll, describe } from 'vitest'
import type { FakeComfyUI } from '../../src/testing.ts'
import { comfyUIContract, packContract, packJobsContract } from './comfyui-contract.ts'
import { contractServer } from './stand-ins.ts'

describe('the fake ComfyUI', () => {
  let server: FakeComfyUI
  beforeAll(async () => {
    server = await contractServer()
  })
  afterAll(() => server[Symbol.asyncDispose]())
  const address = () => server.url
  comfyUIContract(address)
  packContract(address)
  packJobsContract(address)
})
