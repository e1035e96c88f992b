export { fakeComfyUI, type FakeComfyUI, type FakeOptions, type FakeRequest } from './testing/fake-comfyui.ts'
export type { FakeJob, Submitted } from './testing/fake-job.ts'
