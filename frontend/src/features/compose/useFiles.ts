import { useEffect, useRef, useState } from 'react'
import { problemOf } from '../../api/problem'
import type { Problem, Upload } from '../../api/types'
import { removeUpload, upload } from '../../api/uploads'
import { newId } from '../../ui/id'

export type FileState = {
  key: string
  name: string
  type: string
  size: number
  /** 0 to 1 while it is on its way. */
  part: number
  done?: Upload
  problem?: Problem
}

const ready = (done: Upload): FileState => ({ ...done, key: done.id, part: 1, done })

/** The files of a compose window: on their way, here, or refused. */
export function useFiles(initial: Upload[], onChange: (done: Upload[]) => void) {
  const [files, setFiles] = useState<FileState[]>(() => initial.map(ready))
  const running = useRef(new Map<string, AbortController>())
  const told = useRef(onChange)
  told.current = onChange

  const patch = (key: string, change: Partial<FileState>) =>
    setFiles((all) => all.map((file) => (file.key === key ? { ...file, ...change } : file)))

  const add = (list: Iterable<File>) => {
    for (const file of list) {
      const key = newId()
      const stop = new AbortController()
      running.current.set(key, stop)
      setFiles((all) => [...all, { key, name: file.name, type: file.type, size: file.size, part: 0 }])
      upload(file, (part) => patch(key, { part }), stop.signal)
        .then((done) => patch(key, { done, part: 1, type: done.type, size: done.size }))
        .catch((error) => stop.signal.aborted || patch(key, { problem: problemOf(error) }))
        .finally(() => running.current.delete(key))
    }
  }
  const remove = (key: string) => {
    running.current.get(key)?.abort()
    const done = files.find((file) => file.key === key)?.done
    // What stays behind on the server is cleared away there after a while.
    if (done) removeUpload(done.id).catch(() => {})
    setFiles((all) => all.filter((file) => file.key !== key))
  }

  const done = files.map((file) => file.done).filter((file) => file !== undefined)
  const ids = done.map((file) => file.id).join(' ')
  // biome-ignore lint/correctness/useExhaustiveDependencies: done is new in every round, its ids are not
  useEffect(() => told.current(done), [ids])
  useEffect(() => {
    const all = running.current
    return () => {
      for (const stop of all.values()) stop.abort()
    }
  }, [])

  return { files, add, remove, busy: files.some((file) => !file.done && !file.problem) }
}
