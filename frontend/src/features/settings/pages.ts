// Every page of the settings: who sees it, and under which heading. A page's own code is loaded when
// it is opened first.

import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { type ComponentType, lazy } from 'react'
import type { User } from '../../api/types'
import type { SettingsPage } from '../../paths'

type Page = {
  name: MessageDescriptor
  group: 'own' | 'house'
  roles?: User['role'][]
  Content: ComponentType
}

const admins: User['role'][] = ['admin']
const managers: User['role'][] = ['admin', 'manager']

export const groups = { own: msg`Yours`, house: msg`This Postroom` }

export const pages: Record<SettingsPage, Page> = {
  mailboxes: {
    name: msg`Mailboxes`,
    group: 'own',
    Content: lazy(() => import('../connect/Mailboxes').then((m) => ({ default: m.Mailboxes }))),
  },
  account: {
    name: msg`Account`,
    group: 'own',
    Content: lazy(() => import('../account/Account').then((m) => ({ default: m.Account }))),
  },
  preferences: {
    name: msg`Preferences`,
    group: 'own',
    Content: lazy(() => import('./Preferences').then((m) => ({ default: m.Preferences }))),
  },
  'all-mailboxes': {
    name: msg`All mailboxes`,
    group: 'house',
    roles: managers,
    Content: lazy(() => import('../admin/Fleet').then((m) => ({ default: m.Fleet }))),
  },
  people: {
    name: msg`People`,
    group: 'house',
    roles: managers,
    Content: lazy(() => import('../admin/People').then((m) => ({ default: m.People }))),
  },
  links: {
    name: msg`Connect links`,
    group: 'house',
    roles: managers,
    Content: lazy(() => import('../connect/Links').then((m) => ({ default: m.Links }))),
  },
  providers: {
    name: msg`Providers`,
    group: 'house',
    roles: admins,
    Content: lazy(() => import('../providers/Providers').then((m) => ({ default: m.Providers }))),
  },
  email: {
    name: msg`E-mail`,
    group: 'house',
    roles: admins,
    Content: lazy(() => import('../email/Email').then((m) => ({ default: m.Email }))),
  },
  keys: {
    name: msg`Keys`,
    group: 'house',
    roles: admins,
    Content: lazy(() => import('../admin/Keys').then((m) => ({ default: m.Keys }))),
  },
  'signing-in': {
    name: msg`Signing in`,
    group: 'house',
    roles: admins,
    Content: lazy(() => import('../admin/SigningIn').then((m) => ({ default: m.SigningIn }))),
  },
  audit: {
    name: msg`Audit log`,
    group: 'house',
    roles: admins,
    Content: lazy(() => import('../admin/Audit').then((m) => ({ default: m.Audit }))),
  },
}
