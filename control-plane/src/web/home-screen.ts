// What a browser fetches beside a view: the desk's icon, and what a phone needs to keep the desk on its home screen. The
// only files that are served to anyone: they say nothing but what this program is. They are no views, so a browser may keep
// them. Pure.

/** The mark of the desk on its own ground; what a launcher may cut off lies outside of the mark. */
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0a616c"/><path transform="translate(6.4 6.4) scale(1.2)" fill="none" stroke="#fff" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" d="M2.4 3.6a2 2 0 0 1 2-2h7.2a2 2 0 0 1 2 2v7.2M5.6 5.6h7.2a1.6 1.6 0 0 1 1.6 1.6v5.6a1.6 1.6 0 0 1-1.6 1.6H5.6A1.6 1.6 0 0 1 4 12.8V7.2a1.6 1.6 0 0 1 1.6-1.6zM6.6 10l2 2 3.4-4"/></svg>`;

const MANIFEST = JSON.stringify({
  name: "Countersign",
  short_name: "Countersign",
  description: "What broke, what would run, and your yes or no.",
  id: "/",
  start_url: "/",
  scope: "/",
  display: "standalone",
  background_color: "#f3f5f5",
  theme_color: "#0a616c",
  icons: [
    { src: "/favicon.svg", sizes: "any", type: "image/svg+xml", purpose: "any" },
    { src: "/favicon.svg", sizes: "any", type: "image/svg+xml", purpose: "maskable" },
  ],
});

/** A file, and where it is. */
interface HomeScreenFile {
  readonly path: string;
  readonly contentType: string;
  readonly text: string;
}

/** All of them; views link to the first and the last. */
export const HOME_SCREEN_FILES: readonly HomeScreenFile[] = [
  { path: "/favicon.svg", contentType: "image/svg+xml", text: ICON },
  // asked for by whatever knows no other; the image's type counts, not the name
  { path: "/favicon.ico", contentType: "image/svg+xml", text: ICON },
  { path: "/manifest.webmanifest", contentType: "application/manifest+json", text: MANIFEST },
];

/** What goes with each. */
export const HOME_SCREEN_HEADERS = {
  "cache-control": "public, max-age=86400",
  "content-security-policy": "default-src 'none'",
  "x-content-type-options": "nosniff",
} as const;
