import { type QueryClient, queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api } from './client'
import { ProblemError } from './problem'
import type { Session } from './types'

export const sessionKeys = {
  current: ['session'] as const,
  setup: ['setup'] as const,
}

async function current(): Promise<Session | null> {
  try {
    return await answer(api.GET('/api/session'))
  } catch (error) {
    if (error instanceof ProblemError && error.problem.status === 401) return null
    if (error instanceof ProblemError && error.problem.code === 'sign_in_needed') return null
    throw error
  }
}

const options = queryOptions({ queryKey: sessionKeys.current, queryFn: current, staleTime: Infinity })

/** Who is signed in; null when nobody is. */
export const useSession = () => useQuery(options)

/** The signed-in session, for parts of the page that exist only for people who are signed in. */
export function useMe(): Session {
  const { data } = useQuery(options)
  if (!data) throw new Error('useMe outside of a session')
  return data
}

export const signedOut = (queries: QueryClient) => queries.setQueryData(sessionKeys.current, null)

export function useSignIn() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: { email: string; password: string }) => answer(api.POST('/api/session', { body })),
    onSuccess: (session) => queries.setQueryData(sessionKeys.current, session),
  })
}

export function useSignOut() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => answer(api.DELETE('/api/session')),
    onSettled: () => {
      queries.clear()
      signedOut(queries)
    },
  })
}

export const useSetupOpen = () =>
  useQuery({ queryKey: sessionKeys.setup, queryFn: () => answer(api.GET('/api/setup')) })

export function useSetup() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: { token: string; email: string; name: string; password: string }) =>
      answer(api.POST('/api/setup', { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: sessionKeys.current }),
  })
}
