import type { ComfyApi } from '@comfyorg/comfyui-frontend-types'

/** ComfyUI's page gives this module to its extensions. */
export declare const api: ComfyApi
