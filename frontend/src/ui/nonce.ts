/** The nonce that lets styles made at run time pass the page's content security policy. */
export const nonce = () => document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''

/** Tells the nonce to the scroll lock of dialogs, which makes a style too and looks for it there. */
export function shareNonce() {
  Object.assign(globalThis, { __webpack_nonce__: nonce() })
}
