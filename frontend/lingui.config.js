export default {
  locales: ['en', 'de'],
  sourceLocale: 'en',
  orderBy: 'origin',
  catalogs: [{ path: '<rootDir>/src/i18n/{locale}', include: ['src'] }],
}
