// The service worker: shows a pointer that was pushed, and opens the page that it names. It keeps nothing.

self.addEventListener("push", (event) => {
  const said = event.data ? event.data.json() : {title: "Portal Kader"};
  const shown = {body: said.body, tag: said.tag, data: {url: said.url || "/messages"}};
  event.waitUntil(self.registration.showNotification(said.title, shown));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data.url));
});
