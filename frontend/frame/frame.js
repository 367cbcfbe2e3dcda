// The only script that may run beside a mail; the server allows it by its hash. It tells the app
// how tall the mail is, which of the app's keys were pressed and which link is meant. It never
// sends what the mail says. The app asks for dark by the fragment: /m/…/body#dark.
;(() => {
  const root = document.documentElement
  const keys = 'jkeruafcsvxzU#/?'
  const tell = (kind, more) => parent.postMessage({ postroom: kind, ...more }, '*')
  const scheme = () => {
    root.dataset.scheme = location.hash === '#dark' ? 'dark' : 'light'
  }
  const link = (e) => (e.target.closest ? e.target.closest('a[href]') : null)
  let width = 0

  // A mail made for a wide screen is made smaller rather than cut off.
  const measure = () => {
    if (!document.body) return
    if (innerWidth !== width) {
      width = innerWidth
      document.body.style.zoom = ''
      const wide = root.scrollWidth
      if (wide > width + 1) document.body.style.zoom = Math.max(0.4, width / wide)
    }
    tell('height', { height: Math.ceil(root.getBoundingClientRect().height) })
  }

  scheme()
  addEventListener('hashchange', scheme)
  new ResizeObserver(measure).observe(root)
  addEventListener('load', () => {
    width = 0
    measure()
  })
  addEventListener('keydown', (e) => {
    const palette = (e.ctrlKey || e.metaKey) && e.key.toLowerCase() === 'k'
    const plain = !e.ctrlKey && !e.metaKey && !e.altKey
    if (!palette && !(plain && (e.key === 'Escape' || (e.key.length === 1 && keys.includes(e.key))))) return
    e.preventDefault()
    tell('key', { key: e.key, mod: palette })
  })
  addEventListener('click', (e) => {
    const a = link(e)
    if (!a || a.hash === a.getAttribute('href')) return
    const shown = a.textContent.trim()
    // "bank.example" that leads to another host, and mail addresses: the app decides.
    const named = /^(?:https?:\/\/)?((?:[\w-]+\.)+[a-z]{2,})(?:[/:?#]\S*)?$/i.exec(shown)
    const other = named && a.host && !a.host.endsWith(named[1].toLowerCase().replace(/^www\./, ''))
    if (a.protocol !== 'mailto:' && !other) return
    e.preventDefault()
    tell('link', { href: a.href })
  })
  addEventListener('mouseover', (e) => {
    const a = link(e)
    tell('hover', { href: a ? a.href : '' })
  })
  document.addEventListener('mouseleave', () => tell('hover', { href: '' }))
})()
