// Browsers inside chats, as they name themselves, and browsers that stand by themselves.
import { expect, it } from "vitest";
import { appOf } from "../../../../control-plane/src/web/look/in-app-browser.ts";

const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
const PIXEL =
  "Mozilla/5.0 (Linux; Android 15; Pixel 9 Build/AP3A; wv) AppleWebKit/537.36 (KHTML, like Gecko)";
const WEB_VIEW = `${PIXEL} Version/4.0 Chrome/142.0.0.0 Mobile Safari/537.36`;

it.each([
  ["Facebook", `${IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/500.0.0.40;FBBV/1]`],
  ["Facebook", `${WEB_VIEW} [FB_IAB/FB4A;FBAV/500.0.0.40;]`],
  ["Messenger", `${IPHONE} Mobile/15E148 [FBAN/MessengerForiOS;FBAV/500.0.0.40;]`],
  ["Messenger", `${WEB_VIEW} [FB_IAB/Orca-Android;FBAV/500.0.0.40;]`],
  ["Instagram", `${IPHONE} Mobile/15E148 Instagram 390.0.0.20 (iPhone17,1; iOS 18_5; en_GB)`],
  ["Line", `${WEB_VIEW} Line/15.1.0/IAB`],
  ["WeChat", `${WEB_VIEW} XWEB/1380085 MMWEBSDK/20240802 MicroMessenger/8.0.50.2701(0x28003253)`],
  ["Telegram", `${WEB_VIEW} Telegram-Android/11.5.3 (Google Pixel 9; Android 15; SDK 35; HIGH)`],
  ["Snapchat", `${IPHONE} Mobile/15E148 Snapchat/13.30.0.41 (like Safari/8613.3.9.0.16, panda)`],
  ["TikTok", `${IPHONE} Mobile/15E148 musical_ly_38.1.0 JsSdk/2.0 NetType/WIFI BytedanceWebview/d8a21c6`],
  ["Slack", `${IPHONE} Mobile/15E148 (com.tinyspeck.chatlyio/24.11.10)`],
  ["Discord", `${WEB_VIEW} Discord/256.14`],
  ["another app", WEB_VIEW],
])("%s is another app's browser", (app, userAgent) => {
  expect(appOf(userAgent)).toBe(app);
});

it.each([
  `${IPHONE} Version/18.5 Mobile/15E148 Safari/604.1`,
  `${IPHONE} CriOS/142.0.7444.46 Mobile/15E148 Safari/604.1`,
  "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
  "Mozilla/5.0 (Android 15; Mobile; rv:144.0) Gecko/144.0 Firefox/144.0",
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
  "online/1.0 timeline/2",
  "",
  null,
])("%j stands by itself", (userAgent) => {
  expect(appOf(userAgent)).toBeNull();
});

it("reads no more of it than a browser says", () => {
  expect(appOf(`${"x".repeat(600)} Telegram-Android/11`)).toBeNull();
});
