// Passkeys, between the JSON that the server speaks and the bytes that the browser speaks.

const bytes = (text: string): ArrayBuffer =>
  Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0)).buffer

const text = (buffer: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '')

type Id = { id: string; type: 'public-key'; transports?: AuthenticatorTransport[] }
type Creation = {
  publicKey: Omit<PublicKeyCredentialCreationOptions, 'challenge' | 'user' | 'excludeCredentials'> & {
    challenge: string
    user: { id: string; name: string; displayName: string }
    excludeCredentials?: Id[]
  }
}
type Request = { publicKey: { challenge: string; allowCredentials?: Id[] } }

const ids = (list: Id[] | undefined) => list?.map((item) => ({ ...item, id: bytes(item.id) }))

/** Asks the browser's owner for a new passkey. Undefined when they would not. */
export async function createPasskey(options: unknown): Promise<unknown> {
  const { publicKey } = options as Creation
  const made = await willing(
    navigator.credentials.create({
      publicKey: {
        ...publicKey,
        challenge: bytes(publicKey.challenge),
        user: { ...publicKey.user, id: bytes(publicKey.user.id) },
        excludeCredentials: ids(publicKey.excludeCredentials),
      },
    }),
  )
  if (!made) return undefined
  const answer = made.response as AuthenticatorAttestationResponse
  return {
    ...common(made),
    response: {
      clientDataJSON: text(answer.clientDataJSON),
      attestationObject: text(answer.attestationObject),
      transports: answer.getTransports?.() ?? [],
    },
  }
}

/** Asks the browser's owner to prove with a passkey who they are. Undefined when they would not. */
export async function askPasskey(options: unknown): Promise<unknown> {
  const { publicKey } = options as Request
  const found = await willing(
    navigator.credentials.get({
      publicKey: {
        ...publicKey,
        challenge: bytes(publicKey.challenge),
        allowCredentials: ids(publicKey.allowCredentials),
      },
    }),
  )
  if (!found) return undefined
  const answer = found.response as AuthenticatorAssertionResponse
  return {
    ...common(found),
    response: {
      clientDataJSON: text(answer.clientDataJSON),
      authenticatorData: text(answer.authenticatorData),
      signature: text(answer.signature),
      userHandle: answer.userHandle ? text(answer.userHandle) : undefined,
    },
  }
}

const common = (made: PublicKeyCredential) => ({
  id: made.id,
  rawId: text(made.rawId),
  type: made.type,
  clientExtensionResults: made.getClientExtensionResults(),
})

/** A person who closes the browser's question has not made a mistake. */
async function willing(asked: Promise<Credential | null>): Promise<PublicKeyCredential | undefined> {
  try {
    return ((await asked) as PublicKeyCredential | null) ?? undefined
  } catch (error) {
    if (error instanceof DOMException && ['NotAllowedError', 'AbortError'].includes(error.name))
      return undefined
    throw error
  }
}
