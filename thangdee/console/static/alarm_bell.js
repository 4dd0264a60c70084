// Shows notifications on phones, which take them only from here, and leads to the console when one is tapped.
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(
    self.clients.matchAll({ type: "window", includeUncontrolled: true }).then((pages) => pages[0] && pages[0].focus()),
  );
});
