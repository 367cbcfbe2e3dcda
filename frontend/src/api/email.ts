import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api } from './client'
import type { EmailEvent, EmailInput, EmailStatus, WordingInput } from './types'

export const emailKeys = {
  all: ['email'] as const,
  settings: ['email', 'settings'] as const,
  templates: ['email', 'templates'] as const,
  logs: ['email', 'logs'] as const,
}

/** How Postroom sends mail of its own, for administrators. */
export const useEmailSettings = () =>
  useQuery({ queryKey: emailKeys.settings, queryFn: () => answer(api.GET('/api/admin/email')) })

export function useSaveEmail() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: EmailInput) => answer(api.PUT('/api/admin/email', { body })),
    onSuccess: (settings) => queries.setQueryData(emailKeys.settings, settings),
  })
}

export function useForgetEmail() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => answer(api.DELETE('/api/admin/email')),
    onSettled: () => queries.invalidateQueries({ queryKey: emailKeys.settings }),
  })
}

/** Tries settings without saving them and without sending anything. */
export const useTestEmail = () =>
  useMutation({ mutationFn: (body: EmailInput) => answer(api.POST('/api/admin/email/test', { body })) })

/** Sends a test mail with the saved settings. */
export function useSendTest() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (to: string) => answer(api.POST('/api/admin/email/send-test', { body: { to } })),
    onSettled: () => queries.invalidateQueries({ queryKey: emailKeys.all }),
  })
}

export const useTemplates = () =>
  useQuery({ queryKey: emailKeys.templates, queryFn: () => answer(api.GET('/api/admin/email/templates')) })

type Which = { event: EmailEvent; language: string }

export function useSaveTemplate(path: Which) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: WordingInput) =>
      answer(api.PUT('/api/admin/email/templates/{event}/{language}', { params: { path }, body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: emailKeys.templates }),
  })
}

export function useResetTemplate(path: Which) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () =>
      answer(api.DELETE('/api/admin/email/templates/{event}/{language}', { params: { path } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: emailKeys.templates }),
  })
}

export type LogQuery = {
  event?: EmailEvent
  status?: EmailStatus
  q?: string
  after?: number
  before?: number
  offset: number
  limit: number
}

/** A stretch of the log. No change stream tells of it, so that it is read anew each time it is opened. */
export const useEmailLog = (query: LogQuery) =>
  useQuery({
    queryKey: [...emailKeys.logs, query],
    queryFn: () => answer(api.GET('/api/admin/email/logs', { params: { query } })),
    placeholderData: keepPreviousData,
    staleTime: 0,
  })

export const useEmailMail = (id: string) =>
  useQuery({
    queryKey: [...emailKeys.logs, id],
    queryFn: () => answer(api.GET('/api/admin/email/logs/{id}', { params: { path: { id } } })),
    staleTime: 0,
  })
