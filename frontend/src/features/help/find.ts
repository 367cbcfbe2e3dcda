import type { Chapter, Explained } from '../../api/types'

/** The chapters with only those lines that hold every word of a search. A raw text may be pasted whole: its AADSTS number is what counts. */
export function find(chapters: Chapter[], search: string): Chapter[] {
  const numbers = [...search.matchAll(/AADSTS(\d+)/gi)].map((m) => m[1] as string)
  const words = numbers.length ? numbers.slice(-1) : search.toLowerCase().split(/\s+/).filter(Boolean)
  if (!words.length) return chapters
  const fits = (line: Explained) => {
    const text = [line.says, line.title, line.detail, line.action, line.where, ...line.ids]
      .join(' ')
      .toLowerCase()
    return words.every((word) => text.includes(word))
  }
  return chapters
    .map((chapter) => ({ ...chapter, lines: chapter.lines.filter(fits) }))
    .filter((chapter) => chapter.lines.length)
}
