// npm install must not fetch a browser: scripts/browser.ts finds an installed one, and downloads only as a last resort.
module.exports = { skipDownload: true };
