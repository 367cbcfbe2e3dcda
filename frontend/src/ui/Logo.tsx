/** The mark: a letter in a door's slot. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="#3152b4" />
      <path d="M8 9.5h16v9.2H8z" fill="#fff" />
      <path
        d="m8.4 9.9 7.6 5.6 7.6-5.6"
        fill="none"
        stroke="#3152b4"
        strokeWidth="1.7"
        strokeLinejoin="round"
      />
      <rect x="5.5" y="18" width="21" height="5.5" rx="2.75" fill="#f2b63c" />
    </svg>
  )
}
