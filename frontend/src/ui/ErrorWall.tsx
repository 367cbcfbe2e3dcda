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
    return <Broken error={this.state.error} retry={() => this.setState({ error: null })} />
  }
}
