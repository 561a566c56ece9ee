// Every page works without this; here is only what HTML cannot do by itself.
"use strict";

// Moments are written in UTC; where the browser knows its own clock, that is shown as well.
for (const time of document.querySelectorAll("time[datetime]")) {
  const at = new Date(time.dateTime);
  if (!Number.isNaN(at.valueOf())) {
    time.title = at.toLocaleString(document.documentElement.lang);
  }
}

// A slider and its field of figures follow each other.
for (const slider of document.querySelectorAll("input[type=range][data-for]")) {
  const field = document.getElementById(slider.dataset.for);
  slider.hidden = false;
  slider.addEventListener("input", () => { field.value = slider.value; });
  field.addEventListener("input", () => { slider.value = field.value; });
}

// A filter that was chosen is asked for at once.
for (const choice of document.querySelectorAll("select[data-submit]")) {
  choice.addEventListener("change", () => choice.form.requestSubmit());
}

// What is under way tells how far it is. Where the stream is lost, the page is as it was.
for (const progress of document.querySelectorAll("[data-events]")) {
  const events = new EventSource(progress.dataset.events);
  const bar = progress.querySelector("progress");
  const words = progress.querySelector("output");
  events.addEventListener("progress", (event) => {
    const told = JSON.parse(event.data);
    if (bar && told.total) { bar.max = told.total; bar.value = told.done; }
    if (words) { words.textContent = told.text; }
  });
  events.addEventListener("end", () => { events.close(); location.reload(); });
}
