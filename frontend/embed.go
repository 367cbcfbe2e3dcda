// Package frontend holds the built web app and the one script that may run beside a mail.
//
// The app itself is TypeScript in src/ and is built by `npm run build` into dist/, which is not in
// git: a checkout without Node compiles all the same, and Dist then has no index.html.
package frontend

import "embed"

// Dist is the built app, under "dist/". It holds only .gitkeep when the app has not been built.
//
//go:embed all:dist
var Dist embed.FS

// Frame holds frame/frame.js and frame/frame.css, which the server writes into every mail document.
// The script is allowed there by its hash, so it must be written byte for byte.
//
//go:embed frame/frame.js frame/frame.css
var Frame embed.FS
