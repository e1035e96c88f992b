import { describe, inject } from 'vitest'
import { comfyUIContract, packContract, packJobsContract } from '../contract/comfyui-contract.ts'

describe('a real ComfyUI', () => {
  const server = () => inject('server')
  comfyUIContract(server)
  packContract(server)
  packJobsContract(server)
})
