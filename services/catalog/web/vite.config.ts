import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';

// Everything the page needs comes from the catalog itself: no inline scripts or styles, nothing from other hosts.
export default defineConfig({
  plugins: [preact({ devToolsEnabled: false, prefreshEnabled: false })],
  base: '/',
  build: { outDir: 'dist', emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false }, sourcemap: false },
  server: { proxy: { '/api': process.env.TIDEMARK_URL ?? 'http://127.0.0.1:8480' } },
});
