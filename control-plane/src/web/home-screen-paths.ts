// Where the files for a home screen are (home-screen.ts): the only ones that are served beside views, and to anyone.
export const HOME_SCREEN_PATHS = ["/favicon.svg", "/favicon.ico", "/manifest.webmanifest"] as const;
