// The ways into Postroom beside the password.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api } from './client'
import { sessionKeys } from './session'
import { askPasskey } from './webauthn'

export const doorKeys = { ways: ['ways'] as const, problem: ['ways', 'problem'] as const }

export const useWays = () =>
  useQuery({ queryKey: doorKeys.ways, queryFn: () => answer(api.GET('/api/session/ways')), staleTime: 0 })

/** Why the last sign-in with a service failed; the server tells it once. */
export const useSignInProblem = (asked: boolean) =>
  useQuery({
    queryKey: doorKeys.problem,
    queryFn: () => answer(api.GET('/api/session/problem')),
    enabled: asked,
    staleTime: Infinity,
  })

/** What follows when somebody is signed in: the page learns who. */
function useEntered() {
  const queries = useQueryClient()
  return () => queries.invalidateQueries({ queryKey: sessionKeys.current })
}

export function useSecondStep() {
  const onSuccess = useEntered()
  return useMutation({
    mutationFn: (code: string) => answer(api.POST('/api/session/second', { body: { code } })),
    onSuccess,
  })
}

/** Signs in with a passkey; false when the person would not. */
export function usePasskeySignIn() {
  const entered = useEntered()
  return useMutation({
    mutationFn: async () => {
      const { options } = await answer(api.POST('/api/session/passkey/begin'))
      const credential = await askPasskey(options)
      if (!credential) return false
      await answer(api.POST('/api/session/passkey', { body: { credential } }))
      await entered()
      return true
    },
  })
}

/** Leaves for a service's sign-in page. */
export const useElsewhere = () =>
  useMutation({
    mutationFn: (body: { service: string; next?: string; invitation?: string }) =>
      answer(api.POST('/api/session/elsewhere', { body })),
    onSuccess: ({ url }) => location.assign(url),
  })

export const useInvited = (token: string) =>
  useQuery({
    queryKey: ['invited', token],
    queryFn: () => answer(api.POST('/api/invitation', { body: { token } })),
    retry: false,
  })

export function useAccept() {
  const onSuccess = useEntered()
  return useMutation({
    mutationFn: (body: { token: string; name: string; password: string }) =>
      answer(api.POST('/api/invitation/accept', { body })),
    onSuccess,
  })
}

export const useForgot = () =>
  useMutation({ mutationFn: (email: string) => answer(api.POST('/api/reset', { body: { email } })) })

export const useResetFor = (token: string) =>
  useQuery({
    queryKey: ['reset', token],
    queryFn: () => answer(api.POST('/api/reset/link', { body: { token } })),
    retry: false,
  })

export const useReset = () =>
  useMutation({
    mutationFn: (body: { token: string; password: string }) =>
      answer(api.POST('/api/reset/password', { body })),
  })
