/** In the colours of the page's palette. */
const rules = `
.discomfort-tab { height: 100%; overflow-y: auto; padding: 0 12px 24px; color: var(--fg-color, #ddd); font-size: 13px; box-sizing: border-box; }
.discomfort-tab header { position: sticky; top: 0; z-index: 1; display: flex; align-items: center; gap: 8px; padding: 12px 0; background: var(--comfy-menu-bg, #171718); }
.discomfort-tab header strong { flex: 1; min-width: 0; font-size: 14px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.discomfort-tab h3 { margin: 16px 0 4px; font-size: 11px; font-weight: 600; letter-spacing: .06em; text-transform: uppercase; color: var(--descrip-text, #999); }
.discomfort-tab button { font: inherit; color: inherit; cursor: pointer; border: 1px solid var(--border-color, #444); border-radius: 6px; background: var(--comfy-input-bg, #222); padding: 4px 10px; }
.discomfort-tab button:hover { background: var(--content-hover-bg, #333); }
.discomfort-tab .row { display: flex; align-items: center; gap: 8px; width: 100%; padding: 6px 8px; border: 0; border-radius: 6px; background: none; text-align: left; }
.discomfort-tab .row:hover { background: var(--content-hover-bg, #2c2c2e); }
.discomfort-tab .dot { flex: none; width: 8px; height: 8px; border-radius: 50%; }
.discomfort-tab .name { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.discomfort-tab .name small { display: block; color: var(--descrip-text, #999); overflow: hidden; text-overflow: ellipsis; }
.discomfort-tab .type { flex: none; max-width: 45%; overflow: hidden; text-overflow: ellipsis; padding: 1px 7px; border-radius: 9px; font-size: 11px; color: var(--descrip-text, #aaa); background: var(--comfy-input-bg, #222); }
.discomfort-tab .quiet { color: var(--descrip-text, #999); padding: 4px 8px; line-height: 1.5; }
.discomfort-tab .problem { display: block; padding: 8px 10px; margin-top: 4px; border-left: 3px solid #d0473e; border-radius: 4px; background: #d0473e22; line-height: 1.45; white-space: normal; }
.discomfort-tab .dot-INPUT { background: #4fae63; }
.discomfort-tab .dot-OUTPUT { background: #6487e5; }
.discomfort-tab .dot-PASSTHRU { background: #a468d0; }
.discomfort-tab .dot-success { background: #4fae63; }
.discomfort-tab .dot-error { background: #d0473e; }
.discomfort-tab .dot-running { background: #e0a83c; }
.discomfort-tab .dot-idle, .discomfort-tab .dot-pending, .discomfort-tab .dot-cancelled, .discomfort-tab .dot-unknown { background: #777; }
`

/** Adds the rules to the page, once. */
export function addStyle(): void {
  if (document.querySelector('style[data-discomfort]')) return
  const style = document.createElement('style')
  style.dataset['discomfort'] = ''
  style.textContent = rules
  document.head.append(style)
}
