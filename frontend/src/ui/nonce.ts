/** The nonce that lets styles made at run time pass the page's content security policy. */
export const nonce = () => document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
