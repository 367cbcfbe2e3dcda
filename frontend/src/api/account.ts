import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api } from './client'
import { sessionKeys } from './session'
import { createPasskey } from './webauthn'

export const accountKeys = { all: ['account'] as const, browsers: ['account', 'browsers'] as const }

export const useAccount = () =>
  useQuery({ queryKey: accountKeys.all, queryFn: () => answer(api.GET('/api/account')), staleTime: 0 })

export const useBrowsers = () =>
  useQuery({
    queryKey: accountKeys.browsers,
    queryFn: () => answer(api.GET('/api/account/browsers')),
    staleTime: 0,
  })

/** A change of one's own account; what is shown of it is read anew. */
function useChange<In, Out>(mutationFn: (input: In) => Promise<Out>) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn,
    // Not waited for: what comes of it may take the part of the page away that waits for the answer.
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: accountKeys.all })
    },
  })
}

/** Runs a call that may ask for a password first (see features/account/useSensitive). */
export type Sensitive = <T>(call: () => Promise<T>) => Promise<T>

export function useRename() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (name: string) => answer(api.PATCH('/api/account', { body: { name } })),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: accountKeys.all })
      return queries.invalidateQueries({ queryKey: sessionKeys.current })
    },
  })
}

export const useProve = () =>
  useMutation({
    mutationFn: (password: string) => answer(api.POST('/api/account/proof', { body: { password } })),
  })

export const useSetPassword = (sensitive: Sensitive) =>
  useChange((password: string) =>
    sensitive(() => answer(api.POST('/api/account/password', { body: { password } }))),
  )

export const useEnrol = (sensitive: Sensitive) =>
  useMutation({ mutationFn: () => sensitive(() => answer(api.POST('/api/account/authenticator'))) })

export const useConfirmCode = (sensitive: Sensitive) =>
  useChange((code: string) =>
    sensitive(() => answer(api.POST('/api/account/authenticator/confirm', { body: { code } }))),
  )

export const useDropAuthenticator = (sensitive: Sensitive) =>
  useChange(() => sensitive(() => answer(api.DELETE('/api/account/authenticator'))))

export const useRecoveryCodes = (sensitive: Sensitive) =>
  useChange(() => sensitive(() => answer(api.POST('/api/account/recovery'))))

/** Adds a passkey; false when the person would not. */
export const useAddPasskey = (sensitive: Sensitive) =>
  useChange(async (name: string) => {
    const { options } = await sensitive(() => answer(api.POST('/api/account/passkeys/begin')))
    const credential = await createPasskey(options)
    if (!credential) return false
    await answer(api.POST('/api/account/passkeys', { body: { name, credential } }))
    return true
  })

export const useRenamePasskey = () =>
  useChange(({ id, name }: { id: string; name: string }) =>
    answer(api.PATCH('/api/account/passkeys/{id}', { params: { path: { id } }, body: { name } })),
  )

export const useDropPasskey = (sensitive: Sensitive) =>
  useChange((id: string) =>
    sensitive(() => answer(api.DELETE('/api/account/passkeys/{id}', { params: { path: { id } } }))),
  )

/** Leaves for a service, to link an account of it. */
export const useLinkAccount = (sensitive: Sensitive) =>
  useMutation({
    mutationFn: (service: string) =>
      sensitive(() => answer(api.POST('/api/account/identities', { body: { service } }))),
    onSuccess: ({ url }) => location.assign(url),
  })

export const useUnlink = (sensitive: Sensitive) =>
  useChange((id: string) =>
    sensitive(() => answer(api.DELETE('/api/account/identities/{id}', { params: { path: { id } } }))),
  )

export const useEndBrowser = () =>
  useChange((id: string) => answer(api.DELETE('/api/account/browsers/{id}', { params: { path: { id } } })))

export const useEndOtherBrowsers = () => useChange(() => answer(api.DELETE('/api/account/browsers')))
