import { Component, type ReactNode } from 'react'
import { Broken } from './Broken'

/** Catches what a part of the page throws while it draws, so that the rest stays usable. */
export class ErrorWall extends Component<{ children: ReactNode }, { error: unknown }> {
  override state = { error: null as unknown }

  static getDerivedStateFromError(error: unknown) {
    return { error }
  }

  override render() {
    if (this.state.error === null) return this.props.children
    const { error } = this.state
    // A part that could not be loaded is not asked for again by this page.
    const unloaded = error instanceof TypeError && /import|load/i.test(error.message)
    return (
      <Broken error={error} retry={() => (unloaded ? location.reload() : this.setState({ error: null }))} />
    )
  }
}
