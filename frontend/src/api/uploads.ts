// Files on their way into a compose window. XMLHttpRequest, because fetch cannot tell how far it is.
import { answer, api } from './client'
import { asProblem, ProblemError, unreachable } from './problem'
import type { Upload } from './types'

export function upload(file: File, progress: (part: number) => void, signal: AbortSignal): Promise<Upload> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', `/api/uploads?name=${encodeURIComponent(file.name)}`)
    request.setRequestHeader('Content-Type', file.type || 'application/octet-stream')
    request.responseType = 'json'
    request.upload.onprogress = (e) => e.lengthComputable && progress(e.loaded / e.total)
    request.onload = () =>
      request.status < 300
        ? resolve(request.response as Upload)
        : reject(new ProblemError(asProblem(request.status, request.response)))
    request.onerror = () => reject(new ProblemError(unreachable()))
    request.onabort = () => reject(new DOMException('upload removed', 'AbortError'))
    signal.addEventListener('abort', () => request.abort())
    request.send(file)
  })
}

export const removeUpload = (id: string) =>
  answer(api.DELETE('/api/uploads/{id}', { params: { path: { id } } }))
