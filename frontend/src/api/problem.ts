// What went wrong, as an error that carries the server's own words for people.
import { t } from '@lingui/core/macro'
import type { Problem } from './types'

export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.title)
    this.name = 'ProblemError'
  }
}

/** The problem in an error. Anything else that was thrown is our own mistake and says so. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem
  return {
    code: 'internal',
    title: t`Something went wrong on this page.`,
    action: t`Load the page again. If it stays, tell whoever runs this Postroom.`,
    who: 'operator',
    raw: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
  }
}

/** The server could not be reached at all. */
export function unreachable(): Problem {
  return {
    code: 'unreachable',
    title: t`Postroom cannot be reached right now.`,
    action: t`Check your connection. This page goes on by itself as soon as it can.`,
    who: 'wait',
  }
}

/** An answer that is not in the server's own form: a proxy's error page, say. */
export function unexpected(status: number, body: unknown): Problem {
  const raw = typeof body === 'string' ? body.slice(0, 2000) : undefined
  return {
    code: 'internal',
    title: t`The server gave an answer that this page does not understand.`,
    action: t`Try again in a moment. If it stays, tell whoever runs this Postroom.`,
    who: 'operator',
    status,
    raw: raw ? `${status}: ${raw}` : `HTTP ${status}`,
  }
}

/** Reads a problem from a body that should be one. */
export function asProblem(status: number, body: unknown): Problem {
  const known = body as Partial<Problem> | null
  if (known && typeof known === 'object' && known.code && known.title) return known as Problem
  return unexpected(status, body)
}
