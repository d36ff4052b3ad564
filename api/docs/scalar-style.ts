/**
 * What the page changes of the style that Scalar brings. Its grey and its colours of methods are too pale for small text (WCAG 2.2,
 * success criterion 1.4.3).
 */
export const scalarStyle = `
:root { --scalar-custom-header-height: 2.25rem; }
body { margin: 0; background: #ffffff; color: #1b1b1b; }
@media (prefers-color-scheme: dark) { body { background: #0f0f0f; color: #e7e7e7; } }
body.light-mode { background: #ffffff; color: #1b1b1b; }
body.dark-mode { background: #0f0f0f; color: #e7e7e7; }
.other, .noscript { font: 0.875rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
.other { box-sizing: border-box; height: 2.25rem; padding: 0.5rem 1.25rem; display: flex; gap: 1.25rem; justify-content: flex-end; }
.noscript { padding: 1.25rem; }
.other a, .noscript a { color: inherit; }
body.light-mode, .light-mode .scalar-app { --scalar-color-2: #565656; --scalar-color-3: #666666; --scalar-color-green: #05704b; --scalar-color-red: #c40005; --scalar-color-yellow: #7a5b00; --scalar-color-blue: #0062a3; --scalar-color-orange: #b03c00; --scalar-color-purple: #5203d1; --scalar-color-accent: #0062a3; }
body.dark-mode, .dark-mode .scalar-app { --scalar-color-2: #b4b4b4; --scalar-color-3: #a0a0a0; --scalar-color-red: #ff8a8a; }
`;
