/** Keys of partner services, which stand in `extra_data` of a prompt. */
const secretKeys = /"(api_key_comfy_org|auth_token_comfy_org)"\s*:\s*"(?:[^"\\]|\\.)*"/g
const secretParameters = /([?&](?:token|api_key|key|auth)=)[^&]*/gi

/** A body without keys. Bytes that are no text are left as they are. */
export function withoutKeys(body: Buffer): Buffer {
  const text = body.toString('utf8')
  return text.includes('comfy_org') ? Buffer.from(text.replaceAll(secretKeys, '"$1":"removed"')) : body
}

/** A path without tokens in its query. */
export function withoutTokens(path: string): string {
  return path.replaceAll(secretParameters, '$1removed')
}

/** The headers of an answer that tell something of it: neither cookies nor what names a machine or one request. */
export function tellingHeaders(headers: Headers): Record<string, string> {
  const telling = [...headers].filter(
    ([name]) => name === 'content-type' || (name.startsWith('x-discomfort-') && name !== 'x-discomfort-request'),
  )
  return Object.fromEntries(telling)
}
