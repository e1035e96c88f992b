/** `npm run build:page`: what runs inside ComfyUI's page. */
import { bundlePage } from './bundle-page.ts'

await bundlePage()
