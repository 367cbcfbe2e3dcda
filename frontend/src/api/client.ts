// The one way to the server: typed by its own description, every failure a ProblemError.
import { QueryCache, QueryClient } from '@tanstack/react-query'
import createClient from 'openapi-fetch'
import { asProblem, ProblemError, unreachable } from './problem'
import type { paths } from './schema'

export const api = createClient<paths>({ baseUrl: '/' })

type Answer<T> = { data?: T; error?: unknown; response: Response }

/** The data of an answer; throws a ProblemError for everything that is not a success. */
export async function answer<T>(call: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call.catch(() => {
    throw new ProblemError(unreachable())
  })
  if (!response.ok) throw new ProblemError(asProblem(response.status, error))
  return data as T
}

const passing = (error: unknown) => error instanceof ProblemError && error.problem.code === 'unreachable'

/** The query cache. onSignedOut is called when the server says that nobody is signed in. */
export function createQueries(onSignedOut: (queries: QueryClient) => void): QueryClient {
  const queries: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError(error) {
        if (error instanceof ProblemError && error.problem.code === 'sign_in_needed') onSignedOut(queries)
      },
    }),
    defaultOptions: {
      queries: {
        // The change stream says when something is stale; time alone does not make it so.
        staleTime: 5 * 60_000,
        refetchOnWindowFocus: false,
        retry: (count, error) => passing(error) && count < 3,
      },
    },
  })
  return queries
}

/** Whether the server is there at all. */
export const serverAnswers = () =>
  fetch('/healthz', { cache: 'no-store' }).then(
    (response) => response.ok,
    () => false,
  )
