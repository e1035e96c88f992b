import { bundlePage } from '../../scripts/bundle-page.ts'

/** The page is tested as ComfyUI serves it. */
export default bundlePage
