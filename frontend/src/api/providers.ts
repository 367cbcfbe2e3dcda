import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api } from './client'
import { mailboxKeys } from './mailboxes'
import { asProblem, ProblemError, unreachable } from './problem'
import type { ProviderInput, TrialInput, TrialStep } from './types'

export const providerKeys = { all: ['providers'] as const, presets: ['providers', 'presets'] as const }

/** Every provider with its settings, for administrators. */
export const useProviders = () =>
  useQuery({ queryKey: providerKeys.all, queryFn: () => answer(api.GET('/api/admin/providers')) })

/** What providers that the server knows start with. */
export const usePresets = () =>
  useQuery({
    queryKey: providerKeys.presets,
    queryFn: () => answer(api.GET('/api/admin/providers/presets')),
    staleTime: Number.POSITIVE_INFINITY,
  })

function useRefresh() {
  const queries = useQueryClient()
  return () => {
    void queries.invalidateQueries({ queryKey: mailboxKeys.providers })
    return queries.invalidateQueries({ queryKey: providerKeys.all, exact: true })
  }
}

/** Adds a provider, or changes the one that id names. */
export function useSaveProvider(id?: string) {
  const refresh = useRefresh()
  return useMutation({
    mutationFn: (body: ProviderInput) =>
      id
        ? answer(api.PUT('/api/admin/providers/{id}', { params: { path: { id } }, body }))
        : answer(api.POST('/api/admin/providers', { body })),
    onSuccess: refresh,
  })
}

export function useRemoveProvider() {
  const refresh = useRefresh()
  return useMutation({
    mutationFn: (id: string) => answer(api.DELETE('/api/admin/providers/{id}', { params: { path: { id } } })),
    onSettled: refresh,
  })
}

/** A link by which the administrator of an organisation approves Postroom for everyone there. */
export const useConsentLink = () =>
  useMutation({
    mutationFn: (id: string) =>
      answer(api.POST('/api/admin/providers/{id}/consent', { params: { path: { id } } })),
  })

/** Tries settings and tells of each step when it ends. */
export async function tryProvider(body: TrialInput, tell: (step: TrialStep) => void, signal: AbortSignal) {
  const response = await fetch('/api/admin/providers/test', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  }).catch((error: unknown) => {
    if (signal.aborted) throw error
    throw new ProblemError(unreachable())
  })
  if (!response.ok || !response.body) {
    throw new ProblemError(asProblem(response.status, await response.json().catch(() => undefined)))
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    const lines = (rest + value).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line) tell(JSON.parse(line) as TrialStep)
  }
}
